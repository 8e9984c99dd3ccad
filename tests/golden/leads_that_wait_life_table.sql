SELECT
  "t12"."kadar_opens" AS "opens",
  "t12"."by_0",
  "t12"."time",
  CAST("t12"."ended" AS DOUBLE) AS "ended",
  CAST("t12"."over" - "t12"."ended" AS DOUBLE) AS "other",
  CAST("t12"."rows" - "t12"."over" AS DOUBLE) AS "waiting"
FROM (
  SELECT
    "t11"."kadar_opens",
    "t11"."by_0",
    "t11"."time",
    SUM("t11"."ended") AS "ended",
    SUM("t11"."over") AS "over",
    COUNT(*) AS "rows"
  FROM (
    SELECT
      "t10"."kadar_opens",
      "t10"."by_0",
      "t10"."converted_at",
      "t10"."created_at",
      "t10"."disqualified_at",
      (
        EPOCH(
          CAST(CASE
            WHEN "t10"."converted_at" <= (
              SELECT
                "t2"."observed_until"
              FROM "crm"."company" AS "t2"
            )
            THEN "t10"."converted_at"
            ELSE CASE
              WHEN COALESCE(
                "t10"."disqualified_at" <= (
                  SELECT
                    "t2"."observed_until"
                  FROM "crm"."company" AS "t2"
                ),
                FALSE
              )
              THEN COALESCE(
                "t10"."disqualified_at",
                (
                  SELECT
                    "t2"."observed_until"
                  FROM "crm"."company" AS "t2"
                )
              )
              ELSE (
                SELECT
                  "t2"."observed_until"
                FROM "crm"."company" AS "t2"
              )
            END
          END AS TIMESTAMP)
        ) - EPOCH(CAST("t10"."created_at" AS TIMESTAMP))
      ) / 3600.0 AS "time",
      CASE
        WHEN COALESCE(
          COALESCE(
            "t10"."converted_at" <= (
              SELECT
                "t2"."observed_until"
              FROM "crm"."company" AS "t2"
            ),
            FALSE
          )
          AND (
            (
              (
                EPOCH(
                  CAST(CASE
                    WHEN "t10"."converted_at" <= (
                      SELECT
                        "t2"."observed_until"
                      FROM "crm"."company" AS "t2"
                    )
                    THEN "t10"."converted_at"
                    ELSE CASE
                      WHEN COALESCE(
                        "t10"."disqualified_at" <= (
                          SELECT
                            "t2"."observed_until"
                          FROM "crm"."company" AS "t2"
                        ),
                        FALSE
                      )
                      THEN COALESCE(
                        "t10"."disqualified_at",
                        (
                          SELECT
                            "t2"."observed_until"
                          FROM "crm"."company" AS "t2"
                        )
                      )
                      ELSE (
                        SELECT
                          "t2"."observed_until"
                        FROM "crm"."company" AS "t2"
                      )
                    END
                  END AS TIMESTAMP)
                ) - EPOCH(CAST("t10"."created_at" AS TIMESTAMP))
              ) / 3600.0
            ) <= 2160
          ),
          FALSE
        )
        THEN 1
        ELSE 0
      END AS "ended",
      CASE
        WHEN COALESCE(
          COALESCE(
            "t10"."converted_at" <= (
              SELECT
                "t2"."observed_until"
              FROM "crm"."company" AS "t2"
            ),
            FALSE
          )
          AND (
            (
              (
                EPOCH(
                  CAST(CASE
                    WHEN "t10"."converted_at" <= (
                      SELECT
                        "t2"."observed_until"
                      FROM "crm"."company" AS "t2"
                    )
                    THEN "t10"."converted_at"
                    ELSE CASE
                      WHEN COALESCE(
                        "t10"."disqualified_at" <= (
                          SELECT
                            "t2"."observed_until"
                          FROM "crm"."company" AS "t2"
                        ),
                        FALSE
                      )
                      THEN COALESCE(
                        "t10"."disqualified_at",
                        (
                          SELECT
                            "t2"."observed_until"
                          FROM "crm"."company" AS "t2"
                        )
                      )
                      ELSE (
                        SELECT
                          "t2"."observed_until"
                        FROM "crm"."company" AS "t2"
                      )
                    END
                  END AS TIMESTAMP)
                ) - EPOCH(CAST("t10"."created_at" AS TIMESTAMP))
              ) / 3600.0
            ) <= 2160
          ),
          FALSE
        )
        OR COALESCE(
          COALESCE(
            "t10"."converted_at" <= (
              SELECT
                "t2"."observed_until"
              FROM "crm"."company" AS "t2"
            ),
            FALSE
          )
          OR COALESCE(
            "t10"."disqualified_at" <= (
              SELECT
                "t2"."observed_until"
              FROM "crm"."company" AS "t2"
            ),
            FALSE
          ),
          FALSE
        )
        THEN 1
        ELSE 0
      END AS "over"
    FROM (
      SELECT
        "t9".*
        EXCLUDE ("kadar_day")
      FROM (
        SELECT
          "t8"."lead_id",
          "t8"."created_at",
          "t8"."channel",
          "t8"."campaign_id",
          "t8"."owner_id",
          "t8"."country",
          "t8"."status",
          "t8"."converted_at",
          "t8"."customer_id",
          "t8"."deal_id",
          "t8"."disqualified_at",
          "t8"."disqualified_reason",
          "t8"."existing_customer",
          "t8"."contacted_at",
          "t8"."source",
          "t8"."created_on",
          "t8"."converted_on",
          "t8"."disqualified_on",
          "t8"."contacted_on",
          "t8"."by_0",
          "t6"."kadar_day",
          "t6"."kadar_opens"
        FROM (
          SELECT
            "t0"."lead_id",
            "t0"."created_at",
            "t0"."channel",
            "t0"."campaign_id",
            "t0"."owner_id",
            "t0"."country",
            "t0"."status",
            "t0"."converted_at",
            "t0"."customer_id",
            "t0"."deal_id",
            "t0"."disqualified_at",
            "t0"."disqualified_reason",
            "t0"."existing_customer",
            "t0"."contacted_at",
            "t0"."source",
            "t0"."created_on",
            "t0"."converted_on",
            "t0"."disqualified_on",
            "t0"."contacted_on",
            "t0"."channel" AS "by_0"
          FROM "crm"."leads" AS "t0"
          WHERE
            (
              "t0"."created_at" < (
                SELECT
                  "t2"."observed_until"
                FROM "crm"."company" AS "t2"
              )
            )
            OR (
              SELECT
                "t2"."observed_until_assumed"
              FROM "crm"."company" AS "t2"
            )
        ) AS "t8"
        INNER JOIN (
          SELECT
            "t1"."day" AS "kadar_day",
            "t1"."month" AS "kadar_opens"
          FROM "crm"."calendar" AS "t1"
        ) AS "t6"
          ON "t8"."created_on" = "t6"."kadar_day"
      ) AS "t9"
    ) AS "t10"
    WHERE
      NOT (
        COALESCE("t10"."converted_at" < "t10"."created_at", FALSE)
      )
      AND NOT (
        COALESCE(
          COALESCE("t10"."disqualified_at" < "t10"."created_at", FALSE)
          AND NOT (
            COALESCE(
              "t10"."converted_at" <= (
                SELECT
                  "t2"."observed_until"
                FROM "crm"."company" AS "t2"
              ),
              FALSE
            )
          ),
          FALSE
        )
      )
  ) AS "t11"
  GROUP BY
    1,
    2,
    3
) AS "t12"
ORDER BY
  "t12"."kadar_opens" ASC,
  "t12"."by_0" ASC,
  "t12"."time" ASC
