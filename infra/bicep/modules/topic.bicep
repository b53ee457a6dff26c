metadata description = 'The system topic of the storage account: where blob events come from. What subscribes to it is in ../events.bicep.'

import { tags as tagsType } from 'types.bicep'

@description('Required. Suffix that makes names unique.')
param token string

@description('Required. Location of the storage account.')
param location string

@description('Required. Tags of the topic.')
param tags tagsType

@description('Required. Resource ID of the storage account.')
param storageId string

@description('Required. Resource ID of the Log Analytics workspace.')
param workspaceId string

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: 'evgt-${token}'
  location: location
  tags: tags
  identity: { type: 'SystemAssigned' } // writes dead letters, for which the account accepts no key
  properties: { source: storageId, topicType: 'Microsoft.Storage.StorageAccounts' }
}

#disable-next-line use-recent-api-versions // the stable version is older still
resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: topic
  name: 'log-analytics'
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'DeliveryFailures', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

@description('Name of the topic.')
output name string = topic.name

@description('Resource ID of the topic.')
output resourceId string = topic.id

@description('Principal ID of the identity that writes dead letters.')
output principalId string = topic.identity.principalId
