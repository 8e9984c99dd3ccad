WITH "t10" AS (
  SELECT
    "t7"."kadar_opens",
    COUNT(*) AS "m3",
    MIN("t7"."first_day") AS "first_day"
  FROM (
    SELECT
      MAKE_DATE(1, 1, 1) AS "kadar_opens",
      "t2"."acquired_on" AS "first_day"
    FROM "crm"."customers" AS "t2"
    WHERE
      (
        (
          "t2"."acquired_at" < (
            SELECT
              "t0"."observed_until"
            FROM "crm"."company" AS "t0"
          )
        )
        OR (
          SELECT
            "t0"."observed_until_assumed"
          FROM "crm"."company" AS "t0"
        )
      )
      AND "t2"."acquired_on" IS NOT NULL
  ) AS "t7"
  GROUP BY
    1
), "t15" AS (
  SELECT
    "t8"."kadar_opens",
    SUM("t8"."margin") AS "m0",
    COUNT(*) AS "m1",
    SUM(
      COALESCE(CAST("t8"."margin" AS DOUBLE) * 1.0, 0.0) * COALESCE(CAST("t8"."margin" AS DOUBLE) * 1.0, 0.0)
    ) AS "m2",
    MIN("t8"."first_day") AS "first_day"
  FROM (
    SELECT
      MAKE_DATE(1, 1, 1) AS "kadar_opens",
      "t3"."margin",
      "t3"."rate_missing",
      "t3"."ordered_on" AS "first_day"
    FROM "crm"."orders" AS "t3"
    WHERE
      (
        (
          "t3"."ordered_at" < (
            SELECT
              "t0"."observed_until"
            FROM "crm"."company" AS "t0"
          )
        )
        OR (
          SELECT
            "t0"."observed_until_assumed"
          FROM "crm"."company" AS "t0"
        )
      )
      AND "t3"."ordered_on" IS NOT NULL
      AND NOT (
        COALESCE("t3"."rate_missing", FALSE)
      )
      AND NOT (
        COALESCE("t3"."margin" IS NULL, FALSE)
      )
  ) AS "t8"
  GROUP BY
    1
), "t18" AS (
  SELECT
    "t16"."first_day"
  FROM "t15" AS "t16"
)
SELECT
  *
FROM (
  SELECT
    "t27"."kadar_shown" AS "opens",
    "t27"."kadar_closes" AS "closes",
    CAST("t21"."m0" AS DOUBLE) AS "m0",
    CAST("t21"."m1" AS DOUBLE) AS "m1",
    "t21"."m2",
    CAST("t14"."m3" AS DOUBLE) AS "m3"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        MAKE_DATE(1, 1, 1) AS "kadar_opens",
        (
          SELECT
            MIN("t23"."first_day") AS "Min(first_day)"
          FROM (
            SELECT
              *
            FROM "t18" AS "t20"
            UNION ALL
            SELECT
              *
            FROM (
              SELECT
                *
              FROM "t18" AS "t20"
              UNION ALL
              SELECT
                *
              FROM (
                SELECT
                  "t11"."first_day"
                FROM "t10" AS "t11"
              ) AS "t13"
            ) AS "t22"
          ) AS "t23"
        ) AS "kadar_shown",
        (
          SELECT
            MAX("t6"."day") + INTERVAL '1' DAY AS "DateAdd(Max(day), 1D)"
          FROM (
            SELECT
              *
            FROM "crm"."calendar" AS "t1"
            WHERE
              "t1"."opens_at" < (
                SELECT
                  "t0"."observed_until"
                FROM "crm"."company" AS "t0"
              )
          ) AS "t6"
        ) AS "kadar_closes"
      FROM "crm"."company" AS "t0"
    ) AS "t25"
    WHERE
      "t25"."kadar_shown" < "t25"."kadar_closes"
  ) AS "t27"
  LEFT OUTER JOIN (
    SELECT
      "t17"."kadar_opens" AS "kadar_opens_0",
      "t17"."m0",
      "t17"."m1",
      "t17"."m2"
    FROM (
      SELECT
        "t16".*
        EXCLUDE ("first_day")
      FROM "t15" AS "t16"
    ) AS "t17"
  ) AS "t21"
    ON "t27"."kadar_opens" = "t21"."kadar_opens_0"
  LEFT OUTER JOIN (
    SELECT
      "t11"."kadar_opens" AS "kadar_opens_1",
      "t11"."m3"
    FROM "t10" AS "t11"
  ) AS "t14"
    ON "t27"."kadar_opens" = "t14"."kadar_opens_1"
) AS "t28"
ORDER BY
  "t28"."opens" ASC
