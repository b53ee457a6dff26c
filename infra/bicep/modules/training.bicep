metadata description = 'The training job: one execution for each message in the queue, on a GPU that costs nothing while the queue is empty.'

import { identity as identityType, tags as tagsType, trainingProfile } from 'types.bicep'

@description('Required. Suffix that makes names unique.')
param token string

@description('Required. Location of the resources.')
param location string

@description('Required. Tags of the resources.')
param tags tagsType

@description('Required. The identity that the job runs, scales and pulls its image with.')
param identity identityType

@description('Required. Where training runs.')
param profile trainingProfile

@description('Required. Image of the job.')
param image string

@description('Required. Host name of the registry.')
param registryServer string

@description('Required. Name of the storage account.')
param storageName string

@description('Required. Addresses of the storage services, each with a slash at its end.')
param storageEndpoints { blob: string, queue: string, table: string }

@description('Required. Queue of the job specs.')
param queue string

@description('Required. Minutes that all trainings together may take a day; 0: no bound.')
param minutesPerDay string

@description('Required. Settings of the model hub.')
param hub { *: string }

@description('Required. Whether there is a token of the hub, and the address of the vault secret that holds it.')
param hubToken { isThere: bool, uri: string }

@description('Required. Longest training in seconds, after which the platform ends the replica.')
@minValue(600)
@maxValue(604800)
param timeoutSeconds int

@description('Required. Most trainings at a time; the GPU quota of the subscription limits them too.')
@minValue(1)
@maxValue(100)
param maximumParallelRuns int

@description('Required. How often the platform starts a failed replica again. The queue already brings an unfinished message back, so 0 is enough.')
@minValue(0)
@maxValue(10)
param retryLimit int

@description('Required. Where telemetry goes.')
param insightsConnectionString string

@description('Required. Resource ID of the subnet of the environment; empty without private networking.')
param subnetId string

@description('Required. Resource ID of the Log Analytics workspace.')
param workspaceId string

// One container has the whole machine of its profile.
var machines = {
  'Consumption-GPU-NC8as-T4': { cpu: 8, memory: '56Gi' }
  'Consumption-GPU-NC24-A100': { cpu: 24, memory: '220Gi' }
  Consumption: { cpu: 4, memory: '8Gi' }
}
var consumption = { name: 'Consumption', workloadProfileType: 'Consumption' }
var gpu = { name: 'gpu', workloadProfileType: profile }
var onGpu = profile != 'Consumption'

var hubTokenName = 'hub-token'
var settings = union(hub, {
  TrainingMinutesPerDay: minutesPerDay
  Storage__blobServiceUri: storageEndpoints.blob
  Storage__queueServiceUri: storageEndpoints.queue
  Storage__tableServiceUri: storageEndpoints.table
  Storage__clientId: identity.clientId
  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.clientId};Authorization=AAD'
})

resource environment 'Microsoft.App/managedEnvironments@2026-01-01' = {
  name: 'cae-${token}'
  location: location
  tags: tags
  properties: {
    workloadProfiles: onGpu ? [consumption, gpu] : [consumption]
    appLogsConfiguration: { destination: 'azure-monitor' } // through the diagnostic setting below: no workspace key
    vnetConfiguration: empty(subnetId) ? null : { infrastructureSubnetId: subnetId, internal: true }
  }
}

resource job 'Microsoft.App/jobs@2026-01-01' = {
  name: 'caj-training-${token}'
  location: location
  tags: union(tags, { 'azd-service-name': 'training' })
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identity.resourceId}': {} } }
  properties: {
    environmentId: environment.id
    workloadProfileName: onGpu ? gpu.name : consumption.name
    configuration: {
      triggerType: 'Event'
      replicaTimeout: timeoutSeconds // the platform's default of 30 minutes would end most trainings
      replicaRetryLimit: retryLimit
      secrets: hubToken.isThere ? [{ name: hubTokenName, keyVaultUrl: hubToken.uri, identity: identity.resourceId }] : []
      registries: [{ server: registryServer, identity: identity.resourceId }]
      eventTriggerConfig: {
        parallelism: 1
        replicaCompletionCount: 1
        scale: {
          minExecutions: 0
          maxExecutions: maximumParallelRuns
          pollingInterval: 30
          rules: [
            {
              name: queue
              type: 'azure-queue'
              identity: identity.resourceId
              // "all" counts the messages that running trainings hold; the scaler subtracts those runs from it. Counting only
              // visible ones would subtract them twice, and the second dataset would wait for the first.
              metadata: { accountName: storageName, queueName: queue, queueLength: '1', queueLengthStrategy: 'all' }
            }
          ]
        }
      }
    }
    template: {
      containers: [
        {
          name: 'training'
          image: image
          args: ['work', '--once']
          env: concat(
            map(items(settings), setting => { name: setting.key, value: setting.value }),
            hubToken.isThere ? [{ name: 'HF_TOKEN', secretRef: hubTokenName }] : []
          )
          resources: machines[profile]
        }
      ]
    }
  }
}

#disable-next-line use-recent-api-versions // the stable version is older still
resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: environment
  name: 'log-analytics'
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'ContainerAppConsoleLogs', enabled: true }
      { category: 'ContainerAppSystemLogs', enabled: true }
    ]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

@description('Name of the job.')
output jobName string = job.name
