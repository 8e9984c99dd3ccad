-- Orders, and invoices that were written without one. Revenue is net: without tax and freight.
WITH buyer AS (
    SELECT c.contactid, a.accountid
    FROM contact c JOIN account a ON a.accountid = c._parentcustomerid_value
), bought AS (
    SELECT _row, salesorderid AS id, _customerid_value, _opportunityid_value, _campaignid_value,
        coalesce(submitdate, createdon) AS moment, totalamountlessfreight, totalamount, totaltax,
        freightamount, _transactioncurrencyid_value
    FROM salesorder WHERE statecode <> '2'
    UNION ALL
    SELECT _row, invoiceid, _customerid_value, _opportunityid_value, NULL,
        createdon, totalamountlessfreight, totalamount, totaltax, freightamount,
        _transactioncurrencyid_value
    FROM invoice
    WHERE statecode <> '3' AND NOT EXISTS (
        SELECT 1 FROM salesorder s WHERE s.salesorderid = invoice._salesorderid_value)
)
SELECT b._row, b.id AS order_id, coalesce(buyer.accountid, b._customerid_value) AS customer_id,
    b._opportunityid_value AS deal_id, coalesce(source.value, lead.leadsourcecode_label) AS channel,
    coalesce(b._campaignid_value, o._campaignid_value, lead._campaignid_value) AS campaign_id,
    b.moment AS ordered_at,
    coalesce(b.totalamountlessfreight::DECIMAL(18, 4), b.totalamount::DECIMAL(18, 4)
        - coalesce(b.totaltax::DECIMAL(18, 4), 0) - coalesce(b.freightamount::DECIMAL(18, 4), 0))
        AS revenue,
    currency.isocurrencycode AS currency
FROM bought b
LEFT JOIN buyer ON buyer.contactid = b._customerid_value
LEFT JOIN opportunity o ON o.opportunityid = b._opportunityid_value
LEFT JOIN lead ON lead.leadid = o._originatingleadid_value
LEFT JOIN stringmap source ON source.objecttypecode = 'lead'
    AND source.attributename = 'leadsourcecode' AND source.attributevalue = lead.leadsourcecode
LEFT JOIN transactioncurrency currency
    ON currency.transactioncurrencyid = b._transactioncurrencyid_value
