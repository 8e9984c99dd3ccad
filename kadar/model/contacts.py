"""Contacts: the people at a customer."""

from kadar.model.table import boolean, key, moment, reference, table, text

TABLE = table(
    "contacts",
    "People at a customer.",
    key("contact_id", "The contact's id in its source"),
    reference("customer_id", "customers", "Customer the person belongs to"),
    text("name", "Name"),
    text("email", "E-mail address"),
    text("phone", "Telephone number"),
    moment("created_at", "When the record was created"),
    boolean("consented", "May be contacted; null where nobody asked"),
    key="contact_id",
    events={"created": "created_at"},
)
