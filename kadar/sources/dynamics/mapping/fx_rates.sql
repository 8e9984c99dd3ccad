-- Dataverse keeps a currency's rate of now (so many units for one of the base currency), and with
-- each record the rate at its last writing of money. A record last written within a day of its
-- creation tells the rate of that day; the first record of a currency, the rate before all others.
-- Versions that syncs have seen of the currency itself are exact.
WITH written AS (
    SELECT _row, _transactioncurrencyid_value AS id, exchangerate, createdon, modifiedon
    FROM opportunity
    UNION ALL
    SELECT _row, _transactioncurrencyid_value, exchangerate, createdon, modifiedon FROM salesorder
    UNION ALL
    SELECT _row, _transactioncurrencyid_value, exchangerate, createdon, modifiedon FROM invoice
    UNION ALL
    SELECT _row, _transactioncurrencyid_value, exchangerate, createdon, modifiedon FROM campaign
), known AS (
    SELECT _row, transactioncurrencyid AS id, exchangerate, modifiedon AS moment
    FROM transactioncurrency__versions WHERE NOT _deleted
    UNION ALL
    SELECT min(_row), id, exchangerate, min(createdon) FROM written
    WHERE exchangerate IS NOT NULL
        AND modifiedon::TIMESTAMPTZ <= createdon::TIMESTAMPTZ + INTERVAL 1 DAY
    GROUP BY id, exchangerate, createdon[:10]
    UNION ALL
    SELECT arg_min(_row, modifiedon), id, arg_min(exchangerate, modifiedon), min(createdon)
    FROM written WHERE exchangerate IS NOT NULL GROUP BY id
), ours AS (  -- of the company's own currency: it need not be the base currency
    SELECT max(exchangerate::DOUBLE) AS per_base FROM transactioncurrency
    WHERE isocurrencycode = getvariable('currency')
)
SELECT min(k._row) AS _row, c.isocurrencycode AS currency, k.moment AS valid_at,
    arg_max(ours.per_base / k.exchangerate::DOUBLE, k._row) AS rate
FROM known k
JOIN transactioncurrency c ON c.transactioncurrencyid = k.id
CROSS JOIN ours
WHERE c.isocurrencycode <> getvariable('currency') AND ours.per_base IS NOT NULL
    AND k.exchangerate::DOUBLE > 0
GROUP BY c.isocurrencycode, k.moment
