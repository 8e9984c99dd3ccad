-- Contracts that are more than a draft. They run through their last day.
WITH buyer AS (
    SELECT c.contactid, a.accountid
    FROM contact c JOIN account a ON a.accountid = c._parentcustomerid_value
), ran AS (
    SELECT *, activeon[:10]::DATE AS first_day, expireson[:10]::DATE AS last_day
    FROM contract WHERE statecode <> '0' AND activeon IS NOT NULL
)
SELECT r._row, r.contractid AS subscription_id,
    coalesce(buyer.accountid, r._customerid_value) AS customer_id,
    coalesce(plan.value, r.contractservicelevelcode_label, r.title) AS plan,
    r.first_day AS started_at,
    CASE WHEN r.statecode = '4' THEN coalesce(r.cancelon[:10]::DATE, r.last_day + 1)
        ELSE r.last_day + 1 END AS ended_at,
    CASE WHEN r.last_day >= r.first_day THEN (r.netprice::DECIMAL(18, 4)
        / greatest(round((r.last_day + 1 - r.first_day) / (365.25 / 12)), 1))::DECIMAL(18, 4) END
        AS monthly_amount,
    currency.isocurrencycode AS currency
FROM ran r
LEFT JOIN buyer ON buyer.contactid = r._customerid_value
LEFT JOIN stringmap plan ON plan.objecttypecode = 'contract'
    AND plan.attributename = 'contractservicelevelcode'
    AND plan.attributevalue = r.contractservicelevelcode
LEFT JOIN transactioncurrency currency
    ON currency.transactioncurrencyid = r._transactioncurrencyid_value
