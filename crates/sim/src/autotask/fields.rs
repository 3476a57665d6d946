//! The field names and types of each entity, as the vendor's REST description lists them, in its order.

// Written `name:type`; the names are camelCase as on the wire.

pub(super) const TICKET: &str = "
    id:int64 apiVendorID:int32 assignedResourceID:int32 assignedResourceRoleID:int32 billingCodeID:int32
    changeApprovalBoard:int32 changeApprovalStatus:int32 changeApprovalType:int32 changeInfoField1:string
    changeInfoField2:string changeInfoField3:string changeInfoField4:string changeInfoField5:string
    companyID:int32 companyLocationID:int32 completedByResourceID:int32 completedDate:datetime
    configurationItemID:int32 contactID:int32 contractID:int32 contractServiceBundleID:int64
    contractServiceID:int64 createDate:datetime creatorResourceID:int32 creatorType:int32
    currentServiceThermometerRating:int32 description:string dueDateTime:datetime estimatedHours:double
    externalID:string firstResponseAssignedResourceID:int32 firstResponseDateTime:datetime
    firstResponseDueDateTime:datetime firstResponseInitiatingResourceID:int32 hoursToBeScheduled:double
    impersonatorCreatorResourceID:int32 issueType:int32 lastActivityDate:datetime lastActivityPersonType:int32
    lastActivityResourceID:int32 lastCustomerNotificationDateTime:datetime
    lastCustomerVisibleActivityDateTime:datetime lastTrackedModificationDateTime:datetime monitorID:int32
    monitorTypeID:int32 opportunityID:int32 organizationalLevelAssociationID:int32
    previousServiceThermometerRating:int32 priority:int32 problemTicketId:int32 projectID:int32
    purchaseOrderNumber:string queueID:int32 resolution:string resolutionPlanDateTime:datetime
    resolutionPlanDueDateTime:datetime resolvedDateTime:datetime resolvedDueDateTime:datetime rmaStatus:int32
    rmaType:int32 rmmAlertID:string serviceLevelAgreementHasBeenMet:boolean serviceLevelAgreementID:int32
    serviceLevelAgreementPausedNextEventHours:double serviceThermometerTemperature:int32 source:int32 status:int32
    subIssueType:int32 ticketCategory:int32 ticketNumber:string ticketType:int32 title:string
";

// With `createdByContactID`, which the service got after the description was written.
pub(super) const TICKET_NOTE: &str = "
    id:int64 createDateTime:datetime creatorResourceID:int32 description:string
    impersonatorCreatorResourceID:int32 impersonatorUpdaterResourceID:int32 lastActivityDate:datetime
    noteType:int32 publish:int32 ticketID:int32 title:string createdByContactID:int32
";

pub(super) const TICKET_HISTORY: &str = "
    id:int64 action:string date:datetime detail:string resourceID:int32 ticketID:int32
";

pub(super) const COMPANY: &str = "
    id:int64 additionalAddressInformation:string address1:string address2:string alternatePhone1:string
    alternatePhone2:string apiVendorID:int32 assetValue:double billToCompanyLocationID:int32
    billToAdditionalAddressInformation:string billingAddress1:string billingAddress2:string
    billToAddressToUse:int32 billToAttention:string billToCity:string billToCountryID:int32 billToState:string
    billToZipCode:string city:string classification:int32 companyName:string companyNumber:string
    companyType:int32 competitorID:int32 countryID:int32 createDate:datetime createdByResourceID:int32
    currencyID:int32 fax:string impersonatorCreatorResourceID:int32 invoiceEmailMessageID:int32
    invoiceMethod:int32 invoiceNonContractItemsToParentCompany:boolean invoiceTemplateID:int32 isActive:boolean
    isClientPortalActive:boolean isEnabledForComanaged:boolean isTaskFireActive:boolean isTaxExempt:boolean
    lastActivityDate:datetime lastTrackedModifiedDateTime:datetime marketSegmentID:int32 ownerResourceID:int32
    parentCompanyID:int32 phone:string postalCode:string quoteEmailMessageID:int32 quoteTemplateID:int32
    sicCode:string state:string stockMarket:string stockSymbol:string surveyCompanyRating:double taxID:string
    taxRegionID:int32 territoryID:int32 webAddress:string
";

pub(super) const CONTACT: &str = "
    id:int64 additionalAddressInformation:string addressLine:string addressLine1:string alternatePhone:string
    apiVendorID:int32 bulkEmailOptOutTime:datetime city:string companyID:int32 companyLocationID:int32
    countryID:int32 createDate:datetime emailAddress:string emailAddress2:string emailAddress3:string
    extension:string externalID:string facebookUrl:string faxNumber:string firstName:string
    impersonatorCreatorResourceID:int32 isActive:int32 isOptedOutFromBulkEmail:boolean lastActivityDate:datetime
    lastModifiedDate:datetime lastName:string linkedInUrl:string middleInitial:string mobilePhone:string
    namePrefix:int32 nameSuffix:int32 note:string receivesEmailNotifications:boolean phone:string
    primaryContact:boolean roomNumber:string solicitationOptOut:boolean solicitationOptOutTime:datetime
    state:string surveyOptOut:boolean title:string twitterUrl:string zipCode:string
";

pub(super) const RESOURCE: &str = "
    id:int64 accountingReferenceID:string dateFormat:string defaultServiceDeskRoleID:int64 email:string
    email2:string email3:string emailTypeCode:string emailTypeCode2:string emailTypeCode3:string firstName:string
    gender:string greeting:int32 hireDate:datetime homePhone:string initials:string internalCost:double
    isActive:boolean lastName:string licenseType:int32 locationID:int32 middleName:string mobilePhone:string
    numberFormat:string officeExtension:string officePhone:string payrollType:int32 resourceType:string
    suffix:int32 surveyResourceRating:double timeFormat:string title:string travelAvailabilityPct:string
    userName:string userType:int32
";

pub(super) const RESOURCE_ROLE: &str = "
    id:int64 departmentID:int64 isActive:boolean queueID:int64 resourceID:int64 roleID:int64
";

pub(super) const ROLE: &str = "
    id:int64 description:string hourlyFactor:double hourlyRate:double isActive:boolean
    isExcludedFromNewContracts:boolean isSystemRole:boolean name:string quoteItemDefaultTaxCategoryId:int32
    roleType:int32
";

pub(super) const CONFIGURATION_ITEM: &str = "
    id:int64 apiVendorID:int32 configurationItemCategoryID:int32 companyID:int32 companyLocationID:int32
    configurationItemType:int32 contactID:int32 contractID:int32 contractServiceBundleID:int32
    contractServiceID:int32 createDate:datetime createdByPersonID:int32 dailyCost:double
    dattoAvailableKilobytes:int64 dattoDeviceMemoryMegabytes:int32 dattoDrivesErrors:boolean dattoHostname:string
    dattoInternalIP:string dattoKernelVersionID:int32 dattoLastCheckInDateTime:datetime
    dattoNICSpeedKilobitsPerSecond:int32 dattoNumberOfAgents:int32 dattoNumberOfDrives:int32
    dattoNumberOfVolumes:int32 dattoOffsiteUsedBytes:int64 dattoOSVersionID:int32 dattoPercentageUsed:double
    dattoProtectedKilobytes:int64 dattoRemoteIP:string dattoSerialNumber:string dattoUptimeSeconds:int32
    dattoUsedKilobytes:int64 dattoZFSVersionID:int32 deviceNetworkingID:string hourlyCost:double
    impersonatorCreatorResourceID:int32 installDate:datetime installedByContactID:int32 installedByID:int32
    isActive:boolean lastActivityPersonID:int32 lastActivityPersonType:int32 lastModifiedTime:datetime
    location:string monthlyCost:double notes:string numberOfUsers:double parentConfigurationItemID:int32
    perUseCost:double productID:int32 referenceNumber:string referenceTitle:string
    rmmDeviceAuditAntivirusStatusID:int32 rmmDeviceAuditArchitectureID:int32 rmmDeviceAuditBackupStatusID:int32
    rmmDeviceAuditDescription:string rmmDeviceAuditDeviceTypeID:int32 rmmDeviceAuditDisplayAdaptorID:int32
    rmmDeviceAuditDomainID:int32 rmmDeviceAuditExternalIPAddress:string rmmDeviceAuditHostname:string
    rmmDeviceAuditIPAddress:string rmmDeviceAuditLastUser:string rmmDeviceAuditMacAddress:string
    rmmDeviceAuditManufacturerID:int32 rmmDeviceAuditMemoryBytes:int64 rmmDeviceAuditMissingPatchCount:int32
    rmmDeviceAuditMobileNetworkOperatorID:int32 rmmDeviceAuditMobileNumber:string rmmDeviceAuditModelID:int32
    rmmDeviceAuditMotherboardID:int32 rmmDeviceAuditOperatingSystem:string rmmDeviceAuditPatchStatusID:int32
    rmmDeviceAuditProcessorID:int32 rmmDeviceAuditServicePackID:int32 rmmDeviceAuditSNMPContact:string
    rmmDeviceAuditSNMPLocation:string rmmDeviceAuditSNMPName:string rmmDeviceAuditSoftwareStatusID:int32
    rmmDeviceAuditStorageBytes:int64 rmmDeviceID:int64 rmmDeviceUID:string rmmOpenAlertCount:int32
    serialNumber:string serviceBundleID:int32 serviceID:int32 serviceLevelAgreementID:int32 setupFee:double
    sourceChargeID:int32 sourceChargeType:int32 vendorID:int32 warrantyExpirationDate:datetime
";

// Those of contacts' webhooks, which the description has; webhooks of tickets came later with the same fields.

pub(super) const WEBHOOK: &str = "
    id:int64 deactivationUrl:string isActive:boolean isReady:boolean isSubscribedToCreateEvents:boolean
    isSubscribedToDeleteEvents:boolean isSubscribedToUpdateEvents:boolean name:string notificationEmailAddress:string
    ownerResourceID:int32 secretKey:string sendThresholdExceededNotification:boolean webhookGUID:string
    webhookUrl:string
";

pub(super) const WEBHOOK_FIELD: &str = "
    id:int64 fieldID:int32 isDisplayAlwaysField:boolean isSubscribedField:boolean webhookID:int32
";

pub(super) const WEBHOOK_UDF_FIELD: &str = "
    id:int64 isDisplayAlwaysField:boolean isSubscribedField:boolean udfFieldID:int32 webhookID:int32
";

// With the ids of both kinds of webhooks, named as the description names that of contacts.
pub(super) const WEBHOOK_EVENT_ERROR_LOG: &str = "
    id:int64 accountWebhookID:int32 contactWebhookID:int32 createDateTime:datetime errorMessage:string payload:string
    sequenceNumber:int32 ticketNoteWebhookID:int32 ticketWebhookID:int32
";

// Not in the description; named so by public clients.

pub(super) const WEBHOOK_EXCLUDED_RESOURCE: &str = "
    id:int64 resourceID:int32 webhookID:int32
";

pub(super) const TICKET_CATEGORY: &str = "
    id:int64 name:string nickname:string isActive:boolean isGlobalDefault:boolean isApiOnly:boolean displayColorRGB:int32
";

pub(super) const DELETED_TICKET_LOG: &str = "
    id:int64 deletedByResourceID:int32 deletedDateTime:datetime ticketID:int64 ticketNumber:string ticketTitle:string
";

pub(super) const TICKET_ATTACHMENT: &str = "
    id:int64 attachDate:datetime attachedByContactID:int32 attachedByResourceID:int32 attachmentType:string contentType:string
    creatorType:int32 fileSize:int64 fullPath:string opportunityID:int32 parentID:int64 publish:int32 ticketID:int64 title:string
";
