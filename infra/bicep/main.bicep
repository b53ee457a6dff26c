metadata description = '''Droptune in a subscription: everything that is there before the code. `events.bicep` is the second step, after the code.
`azd up` runs both.'''

targetScope = 'subscription'

import { hubSettings, pipelineSettings, servingSize as servingSizeType, trainingProfile as trainingProfileType } from 'modules/types.bicep'

@description('Required. Name of the environment, which the resource group and the tags carry.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('Required. Location of all resources; it must offer Flex Consumption and, unless training is on CPU, the GPU profile.')
@metadata({ azd: { type: 'location' } })
param location string

@description('Optional. Tags of all resources, beside the environment.')
param extraTags { *: string } = {}

@description('Optional. Principal IDs of the people or groups who drop datasets and read reports. Default: who deploys.')
param operatorPrincipalIds string[] = [deployer().objectId]

@description('Optional. Addresses that alerts and the budget are sent to. Without one, alerts are only shown in the portal.')
param alertEmails string[] = []

@description('Optional. Budget a month in the currency of the billing account; 0 for none. Needs an address in alertEmails.')
@minValue(0)
param monthlyBudget int = 0

@description('Optional. How large the served models are: sets memory and concurrency of a function instance.')
param servingSize servingSizeType = 'standard'

@description('Optional. Function instances kept warm for HTTP; 0 lets the app scale to nothing.')
@minValue(0)
param alwaysReadyInstances int = 0

@description('Optional. Function instances kept warm for blob events; with 0, the first event after a pause may wait for the watchdog.')
@minValue(0)
param alwaysReadyForBlobs int = 0

@description('Optional. Most function instances at a time.')
@minValue(1)
param maximumInstances int = 40

@description('Optional. Where training runs. Each GPU needs quota in the subscription.')
param trainingProfile trainingProfileType = 'Consumption-GPU-NC8as-T4'

@description('Optional. Longest training in seconds.')
param trainingTimeoutSeconds int = 21600

@description('Optional. Most trainings at a time.')
param maximumParallelRuns int = 4

@description('Optional. How often the platform starts a failed replica again, beside the queue.')
param trainingRetryLimit int = 0

@description('Optional. Price of one minute of the training machine, for the cost table of the workbook.')
param trainingPricePerMinute string = '0.03'

@description('Optional. Image of the training job. The default does nothing: it stands in until the first image is pushed.')
param trainingImage string = 'mcr.microsoft.com/k8se/quickstart-jobs:latest'

@description('Optional. Settings of the pipeline, by the names that the functions read.')
param pipeline pipelineSettings = {
  EvaluationSchedule: '0 0 * * * *'
  FeedbackSchedule: '0 30 * * * *'
  FeedbackMinimum: '20'
  RetentionSchedule: '0 45 * * * *'
  QuietPeriod: '00:00:30'
  EventDelay: '00:01:00'
  RunSilence: '00:10:00'
  RunAttempts: '5'
  TrainingMinutesPerDay: '0'
  Promotion__Margin: '0'
  Promotion__MustBeSignificant: 'false'
  Promotion__LabelFloor: '0.5'
  Promotion__LabelFloorSupport: '5'
  Uncertain__Most: '0'
  Uncertain__Days: '30'
  Retention__DryRun: 'false'
  Retention__Days: '90'
  Retention__Versions: '10'
  Retention__EvaluationDays: '30'
  Retention__LeftoverDays: '14'
}

@description('Optional. Where base models are fetched from, and which, by the names that the programs read.')
param hub hubSettings = {
  HF_ENDPOINT: 'https://huggingface.co'
  Hub__Allow: '*'
  Hub__MaxBytes: '4000000000'
}

@description('Optional. Resource ID of the Key Vault secret with the token of the hub, for private and gated models; empty for none.')
param hubTokenId string = ''

@description('Optional. Days in which a deleted or overwritten dataset file can be brought back.')
param datasetRecoveryDays int = 14

@description('Optional. Days after which a snapshot that nothing has read is deleted.')
param snapshotRetentionDays int = 180

@description('Optional. Days that logs and telemetry are kept; 30 are free of charge.')
param logRetentionDays int = 30

@description('Optional. Gigabytes of logs a day after which no more are taken.')
param dailyLogLimitGb int = 2

@description('Optional. Whether the programs reach storage and registry only through private endpoints in a network of their own.')
param privateNetworking bool = false

@description('Optional. Whether base models may be fetched from the hub. With private networking, this opens a way out of the network, a NAT gateway.')
param hubEnabled bool = !privateNetworking

@description('Conditional. Address space of that network, a /22 or larger. Used when privateNetworking is true.')
param networkAddressSpace string = '10.90.0.0/22'

// The suffix makes names unique and keeps them short whatever the environment is called: all names are within Azure's limits.
var token = uniqueString(subscription().id, environmentName, location)
var tags = union(extraTags, { 'azd-env-name': environmentName, product: 'droptune' })

// The same names as the programs use (StorageNames).
var layout = {
  containers: ['datasets', 'snapshots', 'reports', 'base-models', 'models', 'feedback', 'uncertain']
  queues: ['dataset-changes', 'training-jobs', 'evaluation-requests']
  tables: ['Runs', 'Models', 'Evaluations', 'Datasets', 'Traffic']
}
var storageName = 'st${token}'
var programHub = union(hub, { Hub__Enabled: toLower(string(hubEnabled)) })
var hubTokenParts = split(
  empty(hubTokenId) ? '${group.id}/providers/Microsoft.KeyVault/vaults/none/secrets/none' : hubTokenId,
  '/'
)
var hubTokenUri = 'https://${hubTokenParts[8]}${environment().suffixes.keyvaultDns}/secrets/${hubTokenParts[10]}'
var registryName = 'cr${token}'
var insightsName = 'appi-${token}'
var packageContainer = 'app-package'
var deadLetterContainer = 'event-dead-letters'

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-droptune-${environmentName}'
  location: location
  tags: tags
}

module identities 'modules/identities.bicep' = {
  scope: group
  params: { token: token, location: location, tags: tags }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  params: {
    token: token
    insightsName: insightsName
    location: location
    tags: tags
    retentionDays: logRetentionDays
    dailyLimitGb: dailyLogLimitGb
    alertEmails: alertEmails
  }
}

module network 'modules/network.bicep' = if (privateNetworking) {
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    addressSpace: networkAddressSpace
    outbound: hubEnabled
    workspaceId: monitoring.outputs.workspaceId
  }
}

module storage 'modules/storage.bicep' = {
  scope: group
  params: {
    name: storageName
    location: location
    tags: tags
    layout: layout
    packageContainer: packageContainer
    deadLetterContainer: deadLetterContainer
    datasetRecoveryDays: datasetRecoveryDays
    snapshotRetentionDays: snapshotRetentionDays
    uncertainDays: int(pipeline.Uncertain__Days)
    publicAccess: !privateNetworking
    workspaceId: monitoring.outputs.workspaceId
  }
}

module registry 'modules/registry.bicep' = {
  scope: group
  params: {
    name: registryName
    location: location
    tags: tags
    publicAccess: !privateNetworking
    workspaceId: monitoring.outputs.workspaceId
  }
}

module privateEndpoints 'modules/private-endpoint.bicep' = [
  for part in ['blob', 'queue', 'table', 'registry']: if (privateNetworking) {
    scope: group
    params: {
      name: 'pep-${part}-${token}'
      location: location
      tags: tags
      serviceId: part == 'registry' ? registry.outputs.resourceId : storage.outputs.resourceId
      groupId: part
      subnetId: network!.outputs.endpointSubnetId
      zoneId: network!.outputs.zoneIds[part]
    }
  }
]

module topic 'modules/topic.bicep' = {
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    storageId: storage.outputs.resourceId
    workspaceId: monitoring.outputs.workspaceId
  }
}

module roles 'modules/roles.bicep' = {
  scope: group
  dependsOn: [registry] // the other two come before the topic
  params: {
    storageName: storageName
    registryName: registryName
    insightsName: insightsName
    principals: {
      functions: identities.outputs.functions.principalId
      training: identities.outputs.training.principalId
      topic: topic.outputs.principalId
    }
    deadLetterContainer: deadLetterContainer
    operatorPrincipalIds: operatorPrincipalIds
  }
}

module hubToken 'modules/hub-token.bicep' = if (!empty(hubTokenId)) {
  scope: resourceGroup(hubTokenParts[2], hubTokenParts[4])
  params: {
    vaultName: hubTokenParts[8]
    name: hubTokenParts[10]
    principals: {
      functions: identities.outputs.functions.principalId
      training: identities.outputs.training.principalId
    }
  }
}

module functions 'modules/functions.bicep' = {
  scope: group
  dependsOn: [roles, privateEndpoints, hubToken] // the app reads its package and keys from storage as soon as it exists
  params: {
    name: 'func-droptune-${token}'
    location: location
    tags: tags
    identity: identities.outputs.functions
    storageEndpoints: storage.outputs.endpoints
    packageContainer: packageContainer
    insightsConnectionString: monitoring.outputs.insightsConnectionString
    settings: union(pipeline, programHub)
    hubToken: { isThere: !empty(hubTokenId), uri: hubTokenUri }
    servingSize: servingSize
    alwaysReadyInstances: alwaysReadyInstances
    alwaysReadyForBlobs: alwaysReadyForBlobs
    maximumInstances: maximumInstances
    subnetId: network.?outputs.functionsSubnetId ?? ''
    workspaceId: monitoring.outputs.workspaceId
  }
}

module training 'modules/training.bicep' = {
  scope: group
  dependsOn: [roles, privateEndpoints, hubToken] // the scaler reads the queue, and the registry is asked for the image, as soon as the job exists
  params: {
    token: token
    location: location
    tags: tags
    identity: identities.outputs.training
    profile: trainingProfile
    image: trainingImage
    registryServer: registry.outputs.loginServer
    storageName: storageName
    storageEndpoints: storage.outputs.endpoints
    queue: 'training-jobs'
    hub: programHub
    hubToken: { isThere: !empty(hubTokenId), uri: hubTokenUri }
    minutesPerDay: pipeline.TrainingMinutesPerDay
    timeoutSeconds: trainingTimeoutSeconds
    maximumParallelRuns: maximumParallelRuns
    retryLimit: trainingRetryLimit
    insightsConnectionString: monitoring.outputs.insightsConnectionString
    subnetId: network.?outputs.trainingSubnetId ?? ''
    workspaceId: monitoring.outputs.workspaceId
  }
}

module workbook 'modules/workbook.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    title: 'Droptune ${environmentName}'
    insightsId: monitoring.outputs.insightsId
    workspaceId: monitoring.outputs.workspaceId
    pricePerMinute: trainingPricePerMinute
  }
}

module alerts 'modules/alerts.bicep' = {
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    insightsId: monitoring.outputs.insightsId
    workspaceId: monitoring.outputs.workspaceId
    topicId: topic.outputs.resourceId
    actionGroupId: monitoring.outputs.actionGroupId
  }
}

module budget 'modules/budget.bicep' = if (monthlyBudget > 0 && !empty(alertEmails)) {
  scope: group
  params: { amount: monthlyBudget, emails: alertEmails, actionGroupId: monitoring.outputs.actionGroupId }
}

// azd keeps these in its environment, where its own steps, the hooks and events.bicepparam read them.
@description('Location of the deployment.')
output AZURE_LOCATION string = location

@description('Resource group of the deployment.')
output AZURE_RESOURCE_GROUP string = group.name

@description('Host name of the registry, where azd pushes the training image.')
output AZURE_CONTAINER_REGISTRY_ENDPOINT string = registry.outputs.loginServer

@description('Name of the registry.')
output AZURE_CONTAINER_REGISTRY_NAME string = registryName

@description('Image with the native libraries of libtorch, under the training image. Its tag is the version of TorchSharp.')
output LIBTORCH_IMAGE string = '${registry.outputs.loginServer}/droptune-libtorch:0.107.0'

@description('Name of the function app.')
output FUNCTION_APP_NAME string = functions.outputs.name

@description('Address of the API.')
output API_URL string = functions.outputs.apiUrl

@description('Name of the storage account.')
output STORAGE_ACCOUNT_NAME string = storageName

@description('Name of the topic of blob events.')
output EVENT_TOPIC_NAME string = topic.outputs.name

@description('Name of the training job.')
output TRAINING_JOB_NAME string = training.outputs.jobName

@description('Resource ID of the workbook.')
output WORKBOOK_ID string = workbook.outputs.resourceId
