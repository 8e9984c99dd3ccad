WITH "t13" AS (
  SELECT
    "t12"."kadar_opens",
    "t12"."by_0",
    COUNT(*) FILTER(WHERE
      NOT (
        COALESCE("t12"."outcome" IS NULL, FALSE)
      )
      AND (
        "t12"."outcome" <> 'open'
      )
      AND (
        "t12"."outcome" = 'won'
      )) AS "m0",
    COUNT(*) FILTER(WHERE
      NOT (
        COALESCE("t12"."outcome" IS NULL, FALSE)
      )
      AND (
        "t12"."outcome" <> 'open'
      )) AS "m1"
  FROM (
    SELECT
      "t11"."kadar_opens",
      "t11"."by_0",
      "t11"."outcome"
    FROM (
      SELECT
        "t10".*
        EXCLUDE ("kadar_day")
      FROM (
        SELECT
          "t9"."deal_id",
          "t9"."customer_id",
          "t9"."lead_id",
          "t9"."name",
          "t9"."kind",
          "t9"."channel",
          "t9"."campaign_id",
          "t9"."owner_id",
          "t9"."created_at",
          "t9"."closed_at",
          "t9"."expected_close_at",
          "t9"."stage",
          "t9"."outcome",
          "t9"."lost_reason",
          "t9"."amount",
          "t9"."currency",
          "t9"."product",
          "t9"."lead_created_at",
          "t9"."rate_missing",
          "t9"."source",
          "t9"."created_on",
          "t9"."closed_on",
          "t9"."expected_close_on",
          "t9"."lead_created_on",
          "t9"."by_0",
          "t7"."kadar_day",
          "t7"."kadar_opens"
        FROM (
          SELECT
            "t2"."deal_id",
            "t2"."customer_id",
            "t2"."lead_id",
            "t2"."name",
            "t2"."kind",
            "t2"."channel",
            "t2"."campaign_id",
            "t2"."owner_id",
            "t2"."created_at",
            "t2"."closed_at",
            "t2"."expected_close_at",
            "t2"."stage",
            "t2"."outcome",
            "t2"."lost_reason",
            "t2"."amount",
            "t2"."currency",
            "t2"."product",
            "t2"."lead_created_at",
            "t2"."rate_missing",
            "t2"."source",
            "t2"."created_on",
            "t2"."closed_on",
            "t2"."expected_close_on",
            "t2"."lead_created_on",
            "t2"."channel" AS "by_0"
          FROM "crm"."deals" AS "t2"
          WHERE
            (
              "t2"."closed_at" < (
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
          ON "t9"."closed_on" = "t7"."kadar_day"
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
    CAST("t20"."m0" AS DOUBLE) AS "m0",
    CAST("t20"."m1" AS DOUBLE) AS "m1"
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
      "t14"."m0",
      "t14"."m1"
    FROM "t13" AS "t14"
  ) AS "t20"
    ON "t24"."kadar_opens" = "t20"."kadar_opens_0"
    AND "t18"."by_0" IS NOT DISTINCT FROM "t20"."by_0_0"
) AS "t25"
ORDER BY
  "t25"."opens" ASC,
  "t25"."by_0" ASC
