-- Lines of the orders and invoices that are orders here; net of tax.
WITH line AS (
    SELECT d._row, d._salesorderid_value AS order_id, d.salesorderdetailid AS line,
        d._productid_value, d.productdescription, d.quantity, d.extendedamount, d.tax
    FROM salesorderdetail d JOIN salesorder s ON s.salesorderid = d._salesorderid_value
    WHERE s.statecode <> '2'
    UNION ALL
    SELECT d._row, d._invoiceid_value, d.invoicedetailid, d._productid_value,
        d.productdescription, d.quantity, d.extendedamount, d.tax
    FROM invoicedetail d JOIN invoice i ON i.invoiceid = d._invoiceid_value
    WHERE i.statecode <> '3' AND NOT EXISTS (
        SELECT 1 FROM salesorder s WHERE s.salesorderid = i._salesorderid_value)
)
SELECT l._row, l.order_id, l.line, coalesce(p.name, l.productdescription) AS product,
    family.name AS category, l.quantity,
    l.extendedamount::DECIMAL(18, 4) - coalesce(l.tax::DECIMAL(18, 4), 0) AS revenue
FROM line l
LEFT JOIN product p ON p.productid = l._productid_value
LEFT JOIN product family ON family.productid = p._parentproductid_value
