"""Objects and fields of a Salesforce organisation, as its object reference lists them."""

from __future__ import annotations

_SHARED = {
    "Id": "id",
    "IsDeleted": "boolean",
    "CreatedDate": "datetime",
    "CreatedById": "reference",
    "LastModifiedDate": "datetime",
    "SystemModstamp": "datetime",
}
_SETUP = {"Id": "id", "SystemModstamp": "datetime"}  # no bin: they are not deleted as records are
_HISTORY = {
    "Id": "id",
    "IsDeleted": "boolean",
    "CreatedDate": "datetime",
    "CreatedById": "reference",
    "Field": "picklist",
    "DataType": "picklist",
    "OldValue": "anyType",
    "NewValue": "anyType",
}

PREFIXES = {
    "Account": "001", "Contact": "003", "User": "005", "Opportunity": "006", "OpportunityHistory":
    "008", "OpportunityFieldHistory": "017", "Case": "500", "CaseHistory": "017", "CaseComment":
    "00a", "CaseStatus": "00K", "Lead": "00Q", "LeadHistory": "017", "Campaign": "701",
    "CampaignMember": "00v", "Task": "00T", "Event": "00U", "EmailMessage": "02s", "Order": "801",
    "OrderItem": "802", "Product2": "01t", "OpportunityLineItem": "00k", "Contract": "800",
    "UserRole": "00E", "OpportunityStage": "01J", "CurrencyType": "01L", "DatedConversionRate":
    "04w", "SurveyInvitation": "0Ki", "SurveyResponse": "0Kj", "SurveyQuestion": "0KU",
    "SurveyQuestionResponse": "0KW", "SurveySubject": "0KX", "Organization": "00D",
}  # fmt: skip

OBJECTS: dict[str, dict[str, str]] = {
    "Organization": {
        **_SETUP, "Name": "string", "OrganizationType": "picklist", "IsSandbox": "boolean",
        "TimeZoneSidKey": "picklist",
    },
    "CurrencyType": {
        **_SETUP, "IsoCode": "picklist", "ConversionRate": "double", "IsCorporate": "boolean",
        "IsActive": "boolean", "DecimalPlaces": "int",
    },
    "DatedConversionRate": {
        **_SETUP, "IsoCode": "picklist", "StartDate": "date", "NextStartDate": "date",
        "ConversionRate": "double",
    },
    "UserRole": {**_SETUP, "Name": "string", "ParentRoleId": "reference"},
    "User": {
        **_SETUP, "Name": "string", "Email": "email", "IsActive": "boolean", "Title": "string",
        "Department": "string", "UserRoleId": "reference", "ManagerId": "reference",
        "UserType": "picklist", "CreatedDate": "datetime", "TimeZoneSidKey": "picklist",
        "Address": "address",
    },
    "OpportunityStage": {
        **_SETUP, "ApiName": "string", "MasterLabel": "string", "IsActive": "boolean",
        "IsClosed": "boolean", "IsWon": "boolean", "SortOrder": "int",
        "DefaultProbability": "percent",
    },
    "CaseStatus": {
        **_SETUP, "ApiName": "string", "MasterLabel": "string", "IsClosed": "boolean",
        "SortOrder": "int",
    },
    "Account": {
        **_SHARED, "MasterRecordId": "reference", "Name": "string", "Type": "picklist",
        "Industry": "picklist", "BillingCountry": "string", "BillingState": "string",
        "BillingAddress": "address", "AccountSource": "picklist", "ParentId": "reference",
        "OwnerId": "reference", "CurrencyIsoCode": "picklist", "Tier__c": "picklist",
    },
    "Contact": {
        **_SHARED, "MasterRecordId": "reference", "AccountId": "reference", "Name": "string",
        "FirstName": "string", "LastName": "string", "Email": "email", "Phone": "phone",
        "MobilePhone": "phone", "Title": "string", "HasOptedOutOfEmail": "boolean",
        "MailingAddress": "address",
    },
    "Lead": {
        **_SHARED, "MasterRecordId": "reference", "Name": "string", "Company": "string",
        "Email": "email", "LeadSource": "picklist", "Status": "picklist", "Country": "string",
        "OwnerId": "reference", "IsConverted": "boolean", "ConvertedDate": "date",
        "ConvertedAccountId": "reference", "ConvertedContactId": "reference",
        "ConvertedOpportunityId": "reference",
    },
    "LeadHistory": {**_HISTORY, "LeadId": "reference"},
    "Campaign": {
        **_SHARED, "Name": "string", "Type": "picklist", "Status": "picklist", "StartDate": "date",
        "EndDate": "date", "ActualCost": "currency", "BudgetedCost": "currency",
        "IsActive": "boolean", "CurrencyIsoCode": "picklist", "OwnerId": "reference",
    },
    "CampaignMember": {
        **_SHARED, "CampaignId": "reference", "LeadId": "reference", "ContactId": "reference",
        "Status": "picklist", "HasResponded": "boolean", "FirstRespondedDate": "date",
    },
    "Opportunity": {
        **_SHARED, "AccountId": "reference", "Name": "string", "StageName": "picklist",
        "Amount": "currency", "ExpectedRevenue": "currency", "Probability": "percent",
        "CloseDate": "date", "ForecastCategoryName": "picklist", "IsClosed": "boolean",
        "IsWon": "boolean", "LeadSource": "picklist", "CampaignId": "reference",
        "Type": "picklist", "NextStep": "string", "LastStageChangeDate": "datetime",
        "OwnerId": "reference", "CurrencyIsoCode": "picklist", "Loss_Reason__c": "picklist",
        "Product_Line__c": "string",
    },
    "OpportunityHistory": {
        "Id": "id", "IsDeleted": "boolean", "OpportunityId": "reference", "StageName": "picklist",
        "Amount": "currency", "CloseDate": "date", "Probability": "percent",
        "CreatedDate": "datetime", "CreatedById": "reference", "SystemModstamp": "datetime",
    },
    "OpportunityFieldHistory": {**_HISTORY, "OpportunityId": "reference"},
    "OpportunityLineItem": {
        **_SHARED, "OpportunityId": "reference", "Product2Id": "reference", "Quantity": "double",
        "TotalPrice": "currency",
    },
    "Product2": {**_SHARED, "Name": "string", "Family": "picklist", "ProductCode": "string"},
    "Order": {
        **_SHARED, "OrderNumber": "string", "AccountId": "reference", "OpportunityId": "reference",
        "EffectiveDate": "date", "Status": "picklist", "StatusCode": "picklist",
        "TotalAmount": "currency", "IsReductionOrder": "boolean", "CurrencyIsoCode": "picklist",
        "Type": "picklist",
    },
    "OrderItem": {
        **_SHARED, "OrderId": "reference", "OrderItemNumber": "string", "Product2Id": "reference",
        "Quantity": "double", "UnitPrice": "currency", "TotalPrice": "currency",
    },
    "Contract": {
        **_SHARED, "AccountId": "reference", "ContractNumber": "string", "StartDate": "date",
        "EndDate": "date", "ContractTerm": "int", "Status": "picklist", "StatusCode": "picklist",
        "ActivatedDate": "datetime", "CurrencyIsoCode": "picklist", "Monthly_Fee__c": "currency",
    },
    "Task": {
        **_SHARED, "WhoId": "reference", "WhatId": "reference", "AccountId": "reference",
        "Subject": "combobox", "TaskSubtype": "picklist", "ActivityDate": "date",
        "Status": "picklist", "IsClosed": "boolean", "CompletedDateTime": "datetime",
        "CallType": "picklist", "OwnerId": "reference", "IsArchived": "boolean",
    },
    "Event": {
        **_SHARED, "WhoId": "reference", "WhatId": "reference", "AccountId": "reference",
        "Subject": "combobox", "EventSubtype": "picklist", "StartDateTime": "datetime",
        "EndDateTime": "datetime", "ActivityDate": "date", "IsAllDayEvent": "boolean",
        "IsChild": "boolean", "OwnerId": "reference", "IsArchived": "boolean",
    },
    "EmailMessage": {
        **_SHARED, "ParentId": "reference", "ActivityId": "reference", "RelatedToId": "reference",
        "Incoming": "boolean", "MessageDate": "datetime", "Status": "picklist",
        "Subject": "string", "TextBody": "textarea",
    },
    "Case": {
        **_SHARED, "MasterRecordId": "reference", "CaseNumber": "string", "AccountId": "reference",
        "ContactId": "reference", "Subject": "string", "Status": "picklist",
        "Priority": "picklist", "Origin": "picklist", "Type": "picklist", "Reason": "picklist",
        "IsClosed": "boolean", "ClosedDate": "datetime", "IsEscalated": "boolean",
        "OwnerId": "reference",
    },
    "CaseHistory": {**_HISTORY, "CaseId": "reference"},
    "CaseComment": {**_SHARED, "ParentId": "reference", "IsPublished": "boolean"},
    "SurveyInvitation": {
        **_SHARED, "SurveyId": "reference", "ParticipantId": "reference", "ContactId": "reference",
        "LeadId": "reference", "ResponseStatus": "picklist",
    },
    "SurveyResponse": {
        **_SHARED, "InvitationId": "reference", "SubmitterId": "reference", "SurveyId": "reference",
        "Status": "picklist", "CompletionDateTime": "datetime",
    },
    "SurveyQuestion": {
        **_SHARED, "Name": "string", "QuestionType": "picklist", "SurveyVersionId": "reference",
    },
    "SurveyQuestionResponse": {
        **_SHARED, "ResponseId": "reference", "InvitationId": "reference",
        "QuestionId": "reference", "Datatype": "picklist", "NumberValue": "int",
        "ResponseValue": "textarea", "ResponseShortText": "string", "ChoiceValue": "textarea",
    },
    "SurveySubject": {
        **_SHARED, "ParentId": "reference", "SubjectId": "reference", "SubjectEntityType":
        "picklist",
    },
}  # fmt: skip

# What an organisation with one currency does not have.
MULTI_CURRENCY = ("CurrencyType", "DatedConversionRate")
# Setup objects that Bulk API 2.0 does not read.
NOT_BULK = frozenset({"CaseStatus", "OpportunityStage", "CurrencyType", "DatedConversionRate"})
# Objects without a log of deletions (describe says replicateable: false).
NOT_REPLICATED = frozenset({
    "CaseHistory", "LeadHistory", "OpportunityFieldHistory", "CaseStatus", "CurrencyType",
    "DatedConversionRate", "Organization",
})  # fmt: skip
