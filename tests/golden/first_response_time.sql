WITH "t15" AS (
  SELECT
    "t14"."kadar_opens",
    SUM(
      "t14"."kadar_value" * CASE
        WHEN ABS(
          "t14"."kadar_rank" - (
            (
              (
                CAST("t14"."kadar_n" AS DOUBLE) - 1
              ) * 0.5
            ) + 1
          )
        ) < 1
        THEN 1 - ABS(
          "t14"."kadar_rank" - (
            (
              (
                CAST("t14"."kadar_n" AS DOUBLE) - 1
              ) * 0.5
            ) + 1
          )
        )
        ELSE 0.0
      END
    ) AS "m0",
    SUM(
      "t14"."kadar_value" * CASE
        WHEN ABS(
          "t14"."kadar_rank" - (
            (
              CAST("t14"."kadar_n" AS DOUBLE) * 0.5
            ) + (
              SQRT(CAST("t14"."kadar_n" AS DOUBLE) * 0.25) * -1.959963984540054
            ) + 0.5
          )
        ) < 1
        THEN 1 - ABS(
          "t14"."kadar_rank" - (
            (
              CAST("t14"."kadar_n" AS DOUBLE) * 0.5
            ) + (
              SQRT(CAST("t14"."kadar_n" AS DOUBLE) * 0.25) * -1.959963984540054
            ) + 0.5
          )
        )
        ELSE 0.0
      END
    ) AS "m0_lower",
    SUM(
      "t14"."kadar_value" * CASE
        WHEN ABS(
          "t14"."kadar_rank" - (
            (
              CAST("t14"."kadar_n" AS DOUBLE) * 0.5
            ) + (
              SQRT(CAST("t14"."kadar_n" AS DOUBLE) * 0.25) * 1.959963984540054
            ) + 0.5
          )
        ) < 1
        THEN 1 - ABS(
          "t14"."kadar_rank" - (
            (
              CAST("t14"."kadar_n" AS DOUBLE) * 0.5
            ) + (
              SQRT(CAST("t14"."kadar_n" AS DOUBLE) * 0.25) * 1.959963984540054
            ) + 0.5
          )
        )
        ELSE 0.0
      END
    ) AS "m0_upper",
    COUNT(*) AS "m0_n"
  FROM (
    SELECT
      "t13"."kadar_opens",
      "t13"."created_at",
      "t13"."responded_at",
      "t13"."kadar_value",
      (
        ROW_NUMBER() OVER (
          PARTITION BY "t13"."kadar_opens"
          ORDER BY "t13"."kadar_value" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) - 1
      ) + 1 AS "kadar_rank",
      COUNT("t13"."kadar_value") OVER (
        PARTITION BY "t13"."kadar_opens"
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      ) AS "kadar_n"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t11"."kadar_opens",
          "t11"."created_at",
          "t11"."responded_at",
          (
            EPOCH(CAST("t11"."responded_at" AS TIMESTAMP)) - EPOCH(CAST("t11"."created_at" AS TIMESTAMP))
          ) / 3600.0 AS "kadar_value"
        FROM (
          SELECT
            "t10".*
            EXCLUDE ("kadar_day")
          FROM (
            SELECT
              "t9"."ticket_id",
              "t9"."customer_id",
              "t9"."channel",
              "t9"."category",
              "t9"."priority",
              "t9"."owner_id",
              "t9"."created_at",
              "t9"."responded_at",
              "t9"."resolved_at",
              "t9"."first_resolved_at",
              "t9"."reopened",
              "t9"."status",
              "t9"."automated_reply_at",
              "t9"."response_working_minutes",
              "t9"."resolution_working_minutes",
              "t9"."first_resolution_working_minutes",
              "t9"."source",
              "t9"."created_on",
              "t9"."responded_on",
              "t9"."resolved_on",
              "t9"."first_resolved_on",
              "t9"."automated_reply_on",
              "t7"."kadar_day",
              "t7"."kadar_opens"
            FROM (
              SELECT
                *
              FROM "crm"."tickets" AS "t2"
              WHERE
                (
                  "t2"."created_at" < (
                    SELECT
                      "t1"."observed_until"
                    FROM "crm"."company" AS "t1"
                  )
                )
                OR (
                  SELECT
                    "t1"."observed_until_assumed"
                  FROM "crm"."company" AS "t1"
                )
            ) AS "t9"
            INNER JOIN (
              SELECT
                "t3"."day" AS "kadar_day",
                "t3"."month" AS "kadar_opens"
              FROM "crm"."calendar" AS "t3"
            ) AS "t7"
              ON "t9"."created_on" = "t7"."kadar_day"
          ) AS "t10"
        ) AS "t11"
        WHERE
          NOT (
            COALESCE("t11"."responded_at" < "t11"."created_at", FALSE)
          )
          AND NOT (
            COALESCE("t11"."responded_at" IS NULL, FALSE)
          )
      ) AS "t12"
      WHERE
        "t12"."kadar_value" IS NOT NULL
    ) AS "t13"
  ) AS "t14"
  GROUP BY
    1
), "t17" AS (
  SELECT
    "t16"."kadar_opens"
  FROM "t15" AS "t16"
)
SELECT
  *
FROM (
  SELECT
    "t23"."kadar_shown" AS "opens",
    "t23"."kadar_closes" AS "closes",
    "t24"."m0",
    "t24"."m0_lower",
    "t24"."m0_upper",
    CAST("t24"."m0_n" AS DOUBLE) AS "m0_n"
  FROM (
    SELECT
      "t0"."opens" AS "kadar_opens",
      "t0"."opens" AS "kadar_shown",
      "t0"."closes" AS "kadar_closes"
    FROM "crm"."periods" AS "t0"
    WHERE
      "t0"."grain" = 'month'
      AND "t0"."opens_at" < (
        SELECT
          "t1"."observed_until"
        FROM "crm"."company" AS "t1"
      )
      AND "t0"."opens" >= (
        SELECT
          MIN("t19"."kadar_opens") AS "Min(kadar_opens)"
        FROM (
          SELECT
            *
          FROM "t17" AS "t18"
          UNION ALL
          SELECT
            *
          FROM "t17" AS "t18"
        ) AS "t19"
      )
  ) AS "t23"
  LEFT OUTER JOIN (
    SELECT
      "t16"."kadar_opens" AS "kadar_opens_0",
      "t16"."m0",
      CASE
        WHEN (
          (
            CAST("t16"."m0_n" AS DOUBLE) * 0.5
          ) + (
            SQRT(CAST("t16"."m0_n" AS DOUBLE) * 0.25) * -1.959963984540054
          ) + 0.5
        ) >= 1
        THEN "t16"."m0_lower"
        ELSE CAST(NULL AS DOUBLE)
      END AS "m0_lower",
      CASE
        WHEN (
          (
            CAST("t16"."m0_n" AS DOUBLE) * 0.5
          ) + (
            SQRT(CAST("t16"."m0_n" AS DOUBLE) * 0.25) * 1.959963984540054
          ) + 0.5
        ) <= CAST("t16"."m0_n" AS DOUBLE)
        THEN "t16"."m0_upper"
        ELSE CAST(NULL AS DOUBLE)
      END AS "m0_upper",
      "t16"."m0_n"
    FROM "t15" AS "t16"
  ) AS "t24"
    ON "t23"."kadar_opens" = "t24"."kadar_opens_0"
) AS "t25"
ORDER BY
  "t25"."opens" ASC
