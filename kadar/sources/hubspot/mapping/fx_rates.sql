-- Rates into the company's currency, where that is the one of the HubSpot account.
select _row, fromCurrencyCode as currency, effectiveAt as valid_at, conversionRate as rate
from exchange_rates
where toCurrencyCode = getvariable('currency')
qualify row_number() over (partition by fromCurrencyCode, effectiveAt order by length(id), id) = 1
