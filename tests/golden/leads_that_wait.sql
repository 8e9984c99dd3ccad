WITH "t13" AS (
  SELECT
    "t12"."kadar_opens",
    "t12"."by_0",
    COUNT(*) FILTER(WHERE
      NOT (
        COALESCE("t12"."converted_at" < "t12"."created_at", FALSE)
      )
      AND NOT (
        COALESCE(
          COALESCE("t12"."disqualified_at" < "t12"."created_at", FALSE)
          AND NOT (
            COALESCE(
              "t12"."converted_at" <= (
                SELECT
                  "t1"."observed_until"
                FROM "crm"."company" AS "t1"
              ),
              FALSE
            )
          ),
          FALSE
        )
      )
      AND (
        (
          (
            EPOCH(
              CAST(CASE
                WHEN "t12"."converted_at" <= (
                  SELECT
                    "t1"."observed_until"
                  FROM "crm"."company" AS "t1"
                )
                THEN "t12"."converted_at"
                ELSE CASE
                  WHEN COALESCE(
                    "t12"."disqualified_at" <= (
                      SELECT
                        "t1"."observed_until"
                      FROM "crm"."company" AS "t1"
                    ),
                    FALSE
                  )
                  THEN COALESCE(
                    "t12"."disqualified_at",
                    (
                      SELECT
                        "t1"."observed_until"
                      FROM "crm"."company" AS "t1"
                    )
                  )
                  ELSE (
                    SELECT
                      "t1"."observed_until"
                    FROM "crm"."company" AS "t1"
                  )
                END
              END AS TIMESTAMP)
            ) - EPOCH(CAST("t12"."created_at" AS TIMESTAMP))
          ) / 3600.0
        ) >= 0
      )) AS "m0"
  FROM (
    SELECT
      "t11"."kadar_opens",
      "t11"."by_0",
      "t11"."converted_at",
      "t11"."created_at",
      "t11"."disqualified_at"
    FROM (
      SELECT
        "t10".*
        EXCLUDE ("kadar_day")
      FROM (
        SELECT
          "t9"."lead_id",
          "t9"."created_at",
          "t9"."channel",
          "t9"."campaign_id",
          "t9"."owner_id",
          "t9"."country",
          "t9"."status",
          "t9"."converted_at",
          "t9"."customer_id",
          "t9"."deal_id",
          "t9"."disqualified_at",
          "t9"."disqualified_reason",
          "t9"."existing_customer",
          "t9"."contacted_at",
          "t9"."source",
          "t9"."created_on",
          "t9"."converted_on",
          "t9"."disqualified_on",
          "t9"."contacted_on",
          "t9"."by_0",
          "t7"."kadar_day",
          "t7"."kadar_opens"
        FROM (
          SELECT
            "t2"."lead_id",
            "t2"."created_at",
            "t2"."channel",
            "t2"."campaign_id",
            "t2"."owner_id",
            "t2"."country",
            "t2"."status",
            "t2"."converted_at",
            "t2"."customer_id",
            "t2"."deal_id",
            "t2"."disqualified_at",
            "t2"."disqualified_reason",
            "t2"."existing_customer",
            "t2"."contacted_at",
            "t2"."source",
            "t2"."created_on",
            "t2"."converted_on",
            "t2"."disqualified_on",
            "t2"."contacted_on",
            "t2"."channel" AS "by_0"
          FROM "crm"."leads" AS "t2"
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
  ) AS "t12"
  GROUP BY
    1,
    2
), "t16" AS (
  SELECT
    "t14"."kadar_opens"
  FROM "t13" AS "t14"
)
SELECT
  *
FROM (
  SELECT
    "t24"."kadar_shown" AS "opens",
    "t24"."kadar_closes" AS "closes",
    "t18"."by_0",
    CAST("t20"."m0" AS DOUBLE) AS "m0"
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
          MIN("t21"."kadar_opens") AS "Min(kadar_opens)"
        FROM (
          SELECT
            *
          FROM "t16" AS "t19"
          UNION ALL
          SELECT
            *
          FROM "t16" AS "t19"
        ) AS "t21"
      )
  ) AS "t24"
  CROSS JOIN (
    SELECT DISTINCT
      "t14"."by_0"
    FROM "t13" AS "t14"
  ) AS "t18"
  LEFT OUTER JOIN (
    SELECT
      "t14"."kadar_opens" AS "kadar_opens_0",
      "t14"."by_0" AS "by_0_0",
      "t14"."m0"
    FROM "t13" AS "t14"
  ) AS "t20"
    ON "t24"."kadar_opens" = "t20"."kadar_opens_0"
    AND "t18"."by_0" IS NOT DISTINCT FROM "t20"."by_0_0"
) AS "t25"
ORDER BY
  "t25"."opens" ASC,
  "t25"."by_0" ASC
