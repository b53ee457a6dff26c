metadata description = 'The function app on Flex Consumption: validation, the HTTP API, predictions and evaluations.'

import { identity as identityType, servingSize as servingSizeType, tags as tagsType } from 'types.bicep'

@description('Required. Name of the function app, globally unique.')
@maxLength(60)
param name string

@description('Required. Location of the app.')
param location string

@description('Required. Tags of the resources.')
param tags tagsType

@description('Required. The identity that the app runs with.')
param identity identityType

@description('Required. Addresses of the storage services, each with a slash at its end.')
param storageEndpoints { blob: string, queue: string, table: string }

@description('Required. Container of the deployed package.')
param packageContainer string

@description('Required. Where telemetry goes.')
param insightsConnectionString string

@description('Required. Settings of the pipeline and of the model hub.')
param settings { *: string }

@description('Required. Whether there is a token of the hub, and the address of the vault secret that holds it.')
param hubToken { isThere: bool, uri: string }

@description('Required. How large the served models are: sets memory and concurrency of an instance.')
param servingSize servingSizeType

@description('Required. Instances kept warm for HTTP; 0 lets the app scale to nothing.')
@minValue(0)
param alwaysReadyInstances int

@description('Required. Instances kept warm for blob events, the first of which is lost while an app that sleeps makes its key; 0 for none.')
@minValue(0)
param alwaysReadyForBlobs int

@description('Required. Most instances at a time.')
@minValue(1)
@maxValue(1000)
param maximumInstances int

@description('Required. Resource ID of the subnet that the app reaches private endpoints from; empty without private networking.')
param subnetId string

@description('Required. Resource ID of the Log Analytics workspace.')
param workspaceId string

// Requests that wait in one instance become one batch, so concurrency is high; a larger model gets fewer of them and more memory
// (several versions of a model may be in memory while one replaces the other). CPU comes with memory.
var instances = {
  mini: { memoryMb: 2048, concurrency: 64 }
  standard: { memoryMb: 2048, concurrency: 32 }
  large: { memoryMb: 4096, concurrency: 16 }
}

// How the Functions host names an identity-based connection, and how the program's own clients read it.
var connection = {
  blobServiceUri: storageEndpoints.blob
  queueServiceUri: storageEndpoints.queue
  tableServiceUri: storageEndpoints.table
  credential: 'managedidentity'
  clientId: identity.clientId
}

var appSettings = union(
  toObject(items(connection), setting => 'AzureWebJobsStorage__${setting.key}', setting => setting.value),
  toObject(items(connection), setting => 'Storage__${setting.key}', setting => setting.value),
  {
    APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.clientId};Authorization=AAD'
    AzureWebJobsDisableHomepage: 'true' // the platform's own page at /
  },
  hubToken.isThere ? { HF_TOKEN: '@Microsoft.KeyVault(SecretUri=${hubToken.uri})' } : {},
  settings
)

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { tier: 'FlexConsumption', name: 'FC1' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'functions' })
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identity.resourceId}': {} } }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identity.resourceId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      runtime: { name: 'dotnet-isolated', version: '10.0' }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${storageEndpoints.blob}${packageContainer}'
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identity.resourceId }
        }
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instances[servingSize].memoryMb
        maximumInstanceCount: maximumInstances
        alwaysReady: filter(
          [{ name: 'http', instanceCount: alwaysReadyInstances }, { name: 'blob', instanceCount: alwaysReadyForBlobs }],
          group => group.instanceCount > 0
        )
        triggers: { http: { perInstanceConcurrency: instances[servingSize].concurrency } }
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      appSettings: [for setting in items(appSettings): { name: setting.key, value: setting.value }]
    }
  }

  // Deployment signs in with Entra ID; the publishing passwords are off.
  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }
}

#disable-next-line use-recent-api-versions // the stable version is older still
resource appLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: app
  name: 'log-analytics'
  properties: {
    workspaceId: workspaceId
    // What the host says when no program runs that could send telemetry; the functions' own logs go to Application Insights.
    logs: [{ category: 'FunctionAppLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

#disable-next-line use-recent-api-versions // the stable version is older still
resource planMetrics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: plan
  name: 'log-analytics'
  properties: { workspaceId: workspaceId, metrics: [{ category: 'AllMetrics', enabled: true }] }
}

@description('Name of the function app.')
output name string = app.name

@description('Address of the API.')
output apiUrl string = 'https://${app.properties.defaultHostName}/api'
