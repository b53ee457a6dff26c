metadata description = 'The storage account: drop box, snapshots, models, queues and state. Entra ID only.'

import { storageLayout, tags as tagsType } from 'types.bicep'

@description('Required. Account name, globally unique.')
@minLength(3)
@maxLength(24)
param name string

@description('Required. Location of the account.')
param location string

@description('Required. Tags of the account.')
param tags tagsType

@description('Required. Containers, queues and tables that the programs use.')
param layout storageLayout

@description('Required. Container of the deployed function package.')
param packageContainer string

@description('Required. Container of blob events that could not be delivered.')
param deadLetterContainer string

@description('Required. Days in which a deleted or overwritten dataset file can be brought back.')
@minValue(1)
@maxValue(365)
param datasetRecoveryDays int

@description('Required. Days after which a snapshot that nothing has read is deleted. Evaluations read the snapshots of served models.')
@minValue(30)
param snapshotRetentionDays int

@description('Required. Days after which a text that was kept for labelling is deleted.')
@minValue(1)
@maxValue(365)
param uncertainDays int

@description('Required. Whether the account is reached from the internet (with Entra ID) or only through private endpoints.')
param publicAccess bool

@description('Required. Resource ID of the Log Analytics workspace.')
param workspaceId string

resource account 'Microsoft.Storage/storageAccounts@2026-04-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: publicAccess ? 'Enabled' : 'Disabled'
    networkAcls: {
      defaultAction: publicAccess ? 'Allow' : 'Deny'
      bypass: 'AzureServices' // Event Grid writes dead letters
    }
  }

  resource blob 'blobServices' = {
    name: 'default'
    properties: {
      isVersioningEnabled: true
      deleteRetentionPolicy: { enabled: true, days: datasetRecoveryDays }
      containerDeleteRetentionPolicy: { enabled: true, days: datasetRecoveryDays }
      // The lifecycle rule of snapshots asks when one was last read.
      lastAccessTimeTrackingPolicy: { enable: true, blobType: ['blockBlob'], trackingGranularityInDays: 1 }
    }

    resource containers 'containers' = [
      for container in concat(layout.containers, [packageContainer, deadLetterContainer]): {
        name: container
        properties: { publicAccess: 'None' }
      }
    ]
  }

  resource queue 'queueServices' = {
    name: 'default'

    resource queues 'queues' = [for queue in layout.queues: { name: queue }]

    resource poison 'queues' = [for queue in layout.queues: { name: '${queue}-poison' }]
  }

  resource table 'tableServices' = {
    name: 'default'

    resource tables 'tables' = [for table in layout.tables: { name: table }]
  }

  resource lifecycle 'managementPolicies' = {
    name: 'default'
    dependsOn: [blob] // last access times are known only once they are tracked
    properties: {
      policy: {
        rules: [
          {
            name: 'unread-snapshots'
            type: 'Lifecycle'
            definition: {
              filters: { blobTypes: ['blockBlob'], prefixMatch: ['snapshots/'] }
              actions: { baseBlob: { delete: { daysAfterLastAccessTimeGreaterThan: snapshotRetentionDays } } }
            }
          }
          {
            // A training that ends well deletes its checkpoint; what is left is of a training that was given up.
            name: 'left-checkpoints'
            type: 'Lifecycle'
            definition: {
              filters: {
                blobTypes: ['blockBlob']
                prefixMatch: ['models/']
                blobIndexMatch: [{ name: 'kind', op: '==', value: 'checkpoint' }]
              }
              actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: 14 } } }
            }
          }
          {
            name: 'old-dataset-versions'
            type: 'Lifecycle'
            definition: {
              filters: { blobTypes: ['blockBlob'], prefixMatch: ['datasets/'] }
              actions: { version: { delete: { daysAfterCreationGreaterThan: datasetRecoveryDays } } }
            }
          }
          {
            // Versioning is the account's, but only the datasets need it: elsewhere contents are immutable or made anew.
            name: 'other-versions'
            type: 'Lifecycle'
            definition: {
              filters: {
                blobTypes: ['blockBlob']
                prefixMatch: [for container in filter(layout.containers, container => container != 'datasets'): '${container}/']
              }
              actions: { version: { delete: { daysAfterCreationGreaterThan: 1 } } }
            }
          }
          {
            name: 'uncertain-texts'
            type: 'Lifecycle'
            definition: {
              filters: { blobTypes: ['blockBlob'], prefixMatch: ['uncertain/'] }
              actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: uncertainDays } } }
            }
          }
          {
            name: 'dead-letters'
            type: 'Lifecycle'
            definition: {
              filters: { blobTypes: ['blockBlob'], prefixMatch: ['${deadLetterContainer}/'] }
              actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: 30 } } }
            }
          }
        ]
      }
    }
  }
}

#disable-next-line use-recent-api-versions // the stable version is older still
resource accountMetrics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: account
  name: 'log-analytics'
  properties: { workspaceId: workspaceId, metrics: [{ category: 'Transaction', enabled: true }] }
}

// Writes and deletes only: reads are most of the traffic, and nobody asks who polled a queue.
#disable-next-line use-recent-api-versions // the stable version is older still
resource blobLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: account::blob
  name: 'log-analytics'
  properties: { workspaceId: workspaceId, logs: writesAndDeletes }
}

#disable-next-line use-recent-api-versions // the stable version is older still
resource queueLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: account::queue
  name: 'log-analytics'
  properties: { workspaceId: workspaceId, logs: writesAndDeletes }
}

#disable-next-line use-recent-api-versions // the stable version is older still
resource tableLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: account::table
  name: 'log-analytics'
  properties: { workspaceId: workspaceId, logs: writesAndDeletes }
}

var writesAndDeletes = [
  { category: 'StorageWrite', enabled: true }
  { category: 'StorageDelete', enabled: true }
]

@description('Resource ID of the account.')
output resourceId string = account.id

@description('Addresses of the services, each with a slash at its end.')
output endpoints { blob: string, queue: string, table: string } = {
  blob: account.properties.primaryEndpoints.blob
  queue: account.properties.primaryEndpoints.queue
  table: account.properties.primaryEndpoints.table
}
