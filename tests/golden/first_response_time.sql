WITH "t14" AS (
  SELECT
    "t13"."kadar_opens",
    SUM(
      "t13"."kadar_value" * CASE
        WHEN ABS(
          "t13"."kadar_rank" - (
            (
              (
                CAST("t13"."kadar_n" AS DOUBLE) - 1
              ) * 0.5
            ) + 1
          )
        ) < 1
        THEN 1 - ABS(
          "t13"."kadar_rank" - (
            (
              (
                CAST("t13"."kadar_n" AS DOUBLE) - 1
              ) * 0.5
            ) + 1
          )
        )
        ELSE 0.0
      END
    ) AS "m0",
    SUM(
      "t13"."kadar_value" * CASE
        WHEN ABS(
          "t13"."kadar_rank" - (
            (
              CAST("t13"."kadar_n" AS DOUBLE) * 0.5
            ) + (
              SQRT(CAST("t13"."kadar_n" AS DOUBLE) * 0.25) * -1.959963984540054
            ) + 0.5
          )
        ) < 1
        THEN 1 - ABS(
          "t13"."kadar_rank" - (
            (
              CAST("t13"."kadar_n" AS DOUBLE) * 0.5
            ) + (
              SQRT(CAST("t13"."kadar_n" AS DOUBLE) * 0.25) * -1.959963984540054
            ) + 0.5
          )
        )
        ELSE 0.0
      END
    ) AS "m0_lower",
    SUM(
      "t13"."kadar_value" * CASE
        WHEN ABS(
          "t13"."kadar_rank" - (
            (
              CAST("t13"."kadar_n" AS DOUBLE) * 0.5
            ) + (
              SQRT(CAST("t13"."kadar_n" AS DOUBLE) * 0.25) * 1.959963984540054
            ) + 0.5
          )
        ) < 1
        THEN 1 - ABS(
          "t13"."kadar_rank" - (
            (
              CAST("t13"."kadar_n" AS DOUBLE) * 0.5
            ) + (
              SQRT(CAST("t13"."kadar_n" AS DOUBLE) * 0.25) * 1.959963984540054
            ) + 0.5
          )
        )
        ELSE 0.0
      END
    ) AS "m0_upper",
    COUNT(*) AS "m0_n"
  FROM (
    SELECT
      "t12"."kadar_opens",
      "t12"."created_at",
      "t12"."responded_at",
      "t12"."response_minutes",
      "t12"."kadar_value",
      (
        ROW_NUMBER() OVER (
          PARTITION BY "t12"."kadar_opens"
          ORDER BY "t12"."kadar_value" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) - 1
      ) + 1 AS "kadar_rank",
      COUNT("t12"."kadar_value") OVER (
        PARTITION BY "t12"."kadar_opens"
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      ) AS "kadar_n"
    FROM (
      SELECT
        "t11"."kadar_opens",
        "t11"."created_at",
        "t11"."responded_at",
        "t11"."response_minutes",
        "t11"."response_minutes" / 60 AS "kadar_value"
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
            "t9"."stage",
            "t9"."automated_reply_at",
            "t9"."asked_at",
            "t9"."schedule",
            "t9"."resolved_automatically",
            "t9"."first_resolved_automatically",
            "t9"."response_minutes",
            "t9"."response_working_minutes",
            "t9"."resolution_minutes",
            "t9"."resolution_working_minutes",
            "t9"."first_resolution_minutes",
            "t9"."first_resolution_working_minutes",
            "t9"."handled_minutes",
            "t9"."handled_working_minutes",
            "t9"."source",
            "t9"."created_on",
            "t9"."responded_on",
            "t9"."resolved_on",
            "t9"."first_resolved_on",
            "t9"."automated_reply_on",
            "t9"."asked_on",
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
        AND (
          "t11"."response_minutes" / 60
        ) IS NOT NULL
    ) AS "t12"
  ) AS "t13"
  GROUP BY
    1
), "t16" AS (
  SELECT
    "t15"."kadar_opens"
  FROM "t14" AS "t15"
)
SELECT
  *
FROM (
  SELECT
    "t22"."kadar_shown" AS "opens",
    "t22"."kadar_closes" AS "closes",
    "t23"."m0",
    "t23"."m0_lower",
    "t23"."m0_upper",
    CAST("t23"."m0_n" AS DOUBLE) AS "m0_n"
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
          MIN("t18"."kadar_opens") AS "Min(kadar_opens)"
        FROM (
          SELECT
            *
          FROM "t16" AS "t17"
          UNION ALL
          SELECT
            *
          FROM "t16" AS "t17"
        ) AS "t18"
      )
  ) AS "t22"
  LEFT OUTER JOIN (
    SELECT
      "t15"."kadar_opens" AS "kadar_opens_0",
      "t15"."m0",
      CASE
        WHEN (
          (
            CAST("t15"."m0_n" AS DOUBLE) * 0.5
          ) + (
            SQRT(CAST("t15"."m0_n" AS DOUBLE) * 0.25) * -1.959963984540054
          ) + 0.5
        ) >= 1
        THEN "t15"."m0_lower"
        ELSE CAST(NULL AS DOUBLE)
      END AS "m0_lower",
      CASE
        WHEN (
          (
            CAST("t15"."m0_n" AS DOUBLE) * 0.5
          ) + (
            SQRT(CAST("t15"."m0_n" AS DOUBLE) * 0.25) * 1.959963984540054
          ) + 0.5
        ) <= CAST("t15"."m0_n" AS DOUBLE)
        THEN "t15"."m0_upper"
        ELSE CAST(NULL AS DOUBLE)
      END AS "m0_upper",
      "t15"."m0_n"
    FROM "t14" AS "t15"
  ) AS "t23"
    ON "t22"."kadar_opens" = "t23"."kadar_opens_0"
) AS "t24"
ORDER BY
  "t24"."opens" ASC
