-- A contact that was merged lives on in its master. That e-mail is not forbidden is no consent.
SELECT c._row, c.contactid AS contact_id, coalesce(a.accountid, c.contactid) AS customer_id,
    c.fullname AS name, c.emailaddress1 AS email,
    coalesce(c.mobilephone, c.telephone1) AS phone, c.createdon AS created_at,
    CASE WHEN 'true' IN (c.donotemail, c.donotbulkemail) THEN FALSE END AS consented
FROM contact c
LEFT JOIN account a ON a.accountid = c._parentcustomerid_value
WHERE c.merged IS DISTINCT FROM 'true'
