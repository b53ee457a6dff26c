metadata description = 'Log Analytics, and Application Insights over it. Entra ID only: telemetry is sent with an identity, not with a key.'

import { tags as tagsType } from 'types.bicep'

@description('Required. Suffix that makes names unique.')
param token string

@description('Required. Name of the Application Insights component.')
param insightsName string

@description('Required. Location of the resources.')
param location string

@description('Required. Tags of the resources.')
param tags tagsType

@description('Required. Days that logs and telemetry are kept; 30 are free of charge.')
@minValue(30)
@maxValue(730)
param retentionDays int

@description('Required. Gigabytes a day after which no more logs are taken, so that a fault cannot run up a bill.')
@minValue(1)
param dailyLimitGb int

@description('Required. Addresses that alerts are sent to.')
param alertEmails string[]

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: 'log-${token}'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionDays
    workspaceCapping: { dailyQuotaGb: dailyLimitGb }
    features: { disableLocalAuth: true }
  }
}

#disable-next-line use-recent-api-versions // the stable version is older still
resource workspaceAudit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: workspace
  name: 'log-analytics'
  properties: {
    workspaceId: workspace.id
    logs: [{ category: 'Audit', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: insightsName
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    DisableLocalAuth: true
  }
}

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${token}'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'droptune'
    emailReceivers: [
      for (email, index) in alertEmails: { name: 'email-${index}', emailAddress: email, useCommonAlertSchema: true }
    ]
  }
}

@description('Resource ID of the workspace.')
output workspaceId string = workspace.id

@description('Resource ID of the Application Insights component.')
output insightsId string = insights.id

@description('Where telemetry goes. Names the component; grants nothing by itself.')
output insightsConnectionString string = insights.properties.ConnectionString

@description('Resource ID of the action group that alerts go to.')
output actionGroupId string = people.id
