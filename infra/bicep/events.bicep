metadata description = '''The second step of a deployment: blob events reach the function that takes them in. The address holds a key that the
function app makes when it first starts with its code, so this comes after the code.'''

@description('Required. Name of the function app.')
param functionAppName string

@description('Required. Name of the storage account.')
param storageAccountName string

@description('Required. Name of the system topic of the storage account.')
param topicName string

@description('Optional. Container whose blobs are announced.')
param container string = 'datasets'

@description('Optional. Function that a blob starts.')
param functionName string = 'IngestDataset'

@description('Optional. Container of events that could not be delivered.')
param deadLetterContainer string = 'event-dead-letters'

resource app 'Microsoft.Web/sites@2025-03-01' existing = {
  name: functionAppName
}

resource account 'Microsoft.Storage/storageAccounts@2026-04-01' existing = {
  name: storageAccountName
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName
}

var webhook = 'https://${app.properties.defaultHostName}/runtime/webhooks/blobs'
var key = listKeys('${app.id}/host/default', '2025-03-01').systemKeys.blobs_extension

resource subscription 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: container
  properties: {
    destination: {
      endpointType: 'WebHook'
      properties: { endpointUrl: '${webhook}?functionName=Host.Functions.${functionName}&code=${key}' }
    }
    filter: {
      includedEventTypes: ['Microsoft.Storage.BlobCreated']
      subjectBeginsWith: '/blobServices/default/containers/${container}/blobs/'
    }
    eventDeliverySchema: 'EventGridSchema'
    retryPolicy: { eventTimeToLiveInMinutes: 1440, maxDeliveryAttempts: 30 }
    deadLetterWithResourceIdentity: {
      identity: { type: 'SystemAssigned' }
      deadLetterDestination: {
        endpointType: 'StorageBlob'
        properties: { resourceId: account.id, blobContainerName: deadLetterContainer }
      }
    }
  }
}

@description('Name of the subscription.')
output subscriptionName string = subscription.name
