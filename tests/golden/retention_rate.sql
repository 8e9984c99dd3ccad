WITH "t9" AS (
  SELECT
    "t8"."kadar_opens",
    COALESCE("t8"."previous_end" < "t8"."kadar_from", TRUE)
    AND COALESCE("t8"."next_start" >= "t8"."kadar_to", TRUE) AS "alone_customer_id",
    "t8"."kadar_end" >= "t8"."kadar_to" AS "at_closing",
    "t8"."kadar_start" < "t8"."kadar_from" AS "at_opening",
    "t8"."customer_id"
  FROM (
    SELECT
      "t5"."spell_id",
      "t5"."customer_id",
      "t5"."started_at",
      "t5"."ended_at",
      "t5"."end_reason",
      "t5"."involuntary",
      "t5"."previous_end",
      "t5"."next_start",
      "t5"."started_on",
      "t5"."ended_on",
      "t5"."kadar_start",
      "t5"."kadar_end",
      "t7"."kadar_opens",
      "t7"."kadar_from",
      "t7"."kadar_to"
    FROM (
      SELECT
        "t2"."spell_id",
        "t2"."customer_id",
        "t2"."started_at",
        "t2"."ended_at",
        "t2"."end_reason",
        "t2"."involuntary",
        "t2"."previous_end",
        "t2"."next_start",
        "t2"."started_on",
        "t2"."ended_on",
        "t2"."started_at" AS "kadar_start",
        COALESCE("t2"."ended_at", CAST('9999-12-31 00:00:00' AS TIMESTAMPTZ)) AS "kadar_end"
      FROM "crm"."spells" AS "t2"
    ) AS "t5"
    INNER JOIN (
      SELECT
        "t0"."opens" AS "kadar_opens",
        "t0"."opens_at" AS "kadar_from",
        LEAST(
          "t0"."closes_at",
          (
            SELECT
              "t1"."observed_until"
            FROM "crm"."company" AS "t1"
          )
        ) AS "kadar_to"
      FROM "crm"."periods" AS "t0"
      WHERE
        "t0"."grain" = 'quarter'
        AND "t0"."opens_at" < (
          SELECT
            "t1"."observed_until"
          FROM "crm"."company" AS "t1"
        )
    ) AS "t7"
      ON "t5"."kadar_start" < "t7"."kadar_to" AND "t5"."kadar_end" >= "t7"."kadar_from"
  ) AS "t8"
  WHERE
    NOT (
      COALESCE("t8"."customer_id" IS NULL, FALSE)
    )
), "t15" AS (
  SELECT
    "t14"."kadar_opens",
    COUNT(*) FILTER(WHERE
      "t14"."opening" AND "t14"."closing") AS "m0",
    COUNT(*) FILTER(WHERE
      "t14"."opening") AS "m1"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t11"."kadar_opens",
        "t11"."customer_id",
        BOOL_OR(CAST("t11"."at_opening" AS BOOLEAN)) AS "opening",
        BOOL_OR(CAST("t11"."at_closing" AS BOOLEAN)) AS "closing"
      FROM (
        SELECT
          *
        FROM "t9" AS "t10"
        WHERE
          NOT (
            "t10"."alone_customer_id"
          )
      ) AS "t11"
      GROUP BY
        1,
        2
    ) AS "t13"
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        "t10"."kadar_opens",
        "t10"."customer_id",
        COALESCE("t10"."at_opening", FALSE) AS "opening",
        COALESCE("t10"."at_closing", FALSE) AS "closing"
      FROM "t9" AS "t10"
      WHERE
        "t10"."alone_customer_id"
    ) AS "t12"
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
    "t24"."kadar_shown" AS "opens",
    "t24"."kadar_closes" AS "closes",
    CAST("t20"."m0" AS DOUBLE) AS "m0",
    CAST("t20"."m1" AS DOUBLE) AS "m1"
  FROM (
    SELECT
      "t0"."opens" AS "kadar_opens",
      "t0"."opens" AS "kadar_shown",
      "t0"."closes" AS "kadar_closes"
    FROM "crm"."periods" AS "t0"
    WHERE
      "t0"."grain" = 'quarter'
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
          FROM "t17" AS "t19"
          UNION ALL
          SELECT
            *
          FROM "t17" AS "t19"
        ) AS "t21"
      )
  ) AS "t24"
  LEFT OUTER JOIN (
    SELECT
      "t16"."kadar_opens" AS "kadar_opens_0",
      "t16"."m0",
      "t16"."m1"
    FROM "t15" AS "t16"
  ) AS "t20"
    ON "t24"."kadar_opens" = "t20"."kadar_opens_0"
) AS "t25"
ORDER BY
  "t25"."opens" ASC
