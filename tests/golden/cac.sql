WITH "t19" AS (
  SELECT
    "t18"."kadar_opens",
    COUNT(*) AS "m2"
  FROM (
    SELECT
      "t16"."kadar_opens"
    FROM (
      SELECT
        "t14".*
        EXCLUDE ("kadar_day")
      FROM (
        SELECT
          "t12"."customer_id",
          "t12"."name",
          "t12"."segment",
          "t12"."industry",
          "t12"."country",
          "t12"."region",
          "t12"."channel",
          "t12"."campaign_id",
          "t12"."owner_id",
          "t12"."created_at",
          "t12"."acquired_at",
          "t12"."merged_into",
          "t12"."source",
          "t12"."created_on",
          "t12"."acquired_on",
          "t8"."kadar_day",
          "t8"."kadar_opens"
        FROM (
          SELECT
            *
          FROM "crm"."customers" AS "t3"
          WHERE
            (
              "t3"."acquired_at" < (
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
        ) AS "t12"
        INNER JOIN (
          SELECT
            "t4"."day" AS "kadar_day",
            "t4"."year" AS "kadar_opens"
          FROM "crm"."calendar" AS "t4"
        ) AS "t8"
          ON "t12"."acquired_on" = "t8"."kadar_day"
      ) AS "t14"
    ) AS "t16"
  ) AS "t18"
  GROUP BY
    1
), "t21" AS (
  SELECT
    "t17"."kadar_opens",
    SUM("t17"."amount") FILTER(WHERE
      NOT (
        COALESCE("t17"."rate_missing", FALSE)
      )) AS "m0",
    COUNT(*) FILTER(WHERE
      NOT (
        COALESCE("t17"."rate_missing", FALSE)
      )) AS "m1"
  FROM (
    SELECT
      "t15"."kadar_opens",
      "t15"."amount",
      "t15"."rate_missing"
    FROM (
      SELECT
        "t13".*
        EXCLUDE ("kadar_day")
      FROM (
        SELECT
          "t11"."spend_id",
          "t11"."spent_at",
          "t11"."channel",
          "t11"."campaign_id",
          "t11"."category",
          "t11"."team",
          "t11"."amount",
          "t11"."currency",
          "t11"."rate_missing",
          "t11"."source",
          "t11"."spent_on",
          "t8"."kadar_day",
          "t8"."kadar_opens"
        FROM (
          SELECT
            *
          FROM "crm"."spend" AS "t2"
          WHERE
            (
              "t2"."spent_at" < (
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
        ) AS "t11"
        INNER JOIN (
          SELECT
            "t4"."day" AS "kadar_day",
            "t4"."year" AS "kadar_opens"
          FROM "crm"."calendar" AS "t4"
        ) AS "t8"
          ON "t11"."spent_on" = "t8"."kadar_day"
      ) AS "t13"
    ) AS "t15"
  ) AS "t17"
  GROUP BY
    1
), "t26" AS (
  SELECT
    "t24"."kadar_opens"
  FROM "t21" AS "t24"
)
SELECT
  *
FROM (
  SELECT
    "t34"."kadar_shown" AS "opens",
    "t34"."kadar_closes" AS "closes",
    CAST("t29"."m0" AS DOUBLE) AS "m0",
    CAST("t29"."m1" AS DOUBLE) AS "m1",
    CAST("t25"."m2" AS DOUBLE) AS "m2"
  FROM (
    SELECT
      "t0"."opens" AS "kadar_opens",
      "t0"."opens" AS "kadar_shown",
      "t0"."closes" AS "kadar_closes"
    FROM "crm"."periods" AS "t0"
    WHERE
      "t0"."grain" = 'year'
      AND "t0"."opens_at" < (
        SELECT
          "t1"."observed_until"
        FROM "crm"."company" AS "t1"
      )
      AND "t0"."opens" >= (
        SELECT
          MIN("t31"."kadar_opens") AS "Min(kadar_opens)"
        FROM (
          SELECT
            *
          FROM "t26" AS "t28"
          UNION ALL
          SELECT
            *
          FROM (
            SELECT
              *
            FROM "t26" AS "t28"
            UNION ALL
            SELECT
              *
            FROM (
              SELECT
                "t20"."kadar_opens"
              FROM "t19" AS "t20"
            ) AS "t22"
          ) AS "t30"
        ) AS "t31"
      )
  ) AS "t34"
  LEFT OUTER JOIN (
    SELECT
      "t24"."kadar_opens" AS "kadar_opens_0",
      "t24"."m0",
      "t24"."m1"
    FROM "t21" AS "t24"
  ) AS "t29"
    ON "t34"."kadar_opens" = "t29"."kadar_opens_0"
  LEFT OUTER JOIN (
    SELECT
      "t20"."kadar_opens" AS "kadar_opens_1",
      "t20"."m2"
    FROM "t19" AS "t20"
  ) AS "t25"
    ON "t34"."kadar_opens" = "t25"."kadar_opens_1"
) AS "t35"
ORDER BY
  "t35"."opens" ASC
