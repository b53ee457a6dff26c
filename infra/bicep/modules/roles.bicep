metadata description = 'Who may do what: every role assignment of the deployment, each with its reason, which the portal shows too.'

@description('Required. Name of the storage account.')
param storageName string

@description('Required. Name of the registry.')
param registryName string

@description('Required. Name of the Application Insights component.')
param insightsName string

@description('Required. Principal IDs of the function app, the training job and the topic of blob events.')
param principals { functions: string, training: string, topic: string }

@description('Required. Container of blob events that could not be delivered.')
param deadLetterContainer string

@description('Required. Principal IDs of the people or groups who drop datasets and read reports.')
param operatorPrincipalIds string[]

// Ids of built-in roles are the same in every tenant.
var roles = {
  AcrPull: '7f951dda-4ed3-4680-a7ca-43fe172d538d'
  MonitoringMetricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb'
  StorageBlobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  StorageBlobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  StorageBlobDataReader: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
  StorageQueueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  StorageQueueDataMessageSender: 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a'
  StorageTableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
}

// No Storage Account Contributor, which Microsoft's list names for hosts with blob triggers: it may read the account's keys and change
// the account, and what needs it is a trigger that polls, which switches on the logs of storage. Ours waits for events.
var accountGrants = [
  {
    to: 'functions'
    role: 'StorageBlobDataOwner'
    why: 'The Functions host keeps leases, keys and the package here and creates its containers; the functions read datasets, fold corrections into them, and write snapshots, reports and feedback.'
  }
  {
    to: 'functions'
    role: 'StorageQueueDataContributor'
    why: 'The functions take messages from every queue and send the next step; the host makes queues for blob events and poison messages.'
  }
  {
    to: 'functions'
    role: 'StorageTableDataContributor'
    why: 'The functions keep the state of datasets, runs, models and evaluations; the host keeps diagnostic events.'
  }
]

var containerGrants = [
  { to: 'training', container: 'snapshots', role: 'StorageBlobDataReader', why: 'Training reads the snapshot of its dataset.' }
  {
    to: 'training'
    container: 'base-models'
    role: 'StorageBlobDataContributor'
    why: 'Training starts from a base model, and keeps what it fetched of the hub for the next one.'
  }
  {
    to: 'training'
    container: 'models'
    role: 'StorageBlobDataOwner'
    why: 'Training writes the model and its checkpoints; only an owner may tag them, and the tag is what the lifecycle rule deletes by.'
  }
  {
    to: 'topic'
    container: deadLetterContainer
    role: 'StorageBlobDataContributor'
    why: 'Events that cannot be delivered are kept.'
  }
]

var operatorGrants = flatten(map(operatorPrincipalIds, operator => [
  { to: operator, container: 'datasets', role: 'StorageBlobDataContributor', why: 'Operators drop, replace and remove datasets.' }
  { to: operator, container: 'base-models', role: 'StorageBlobDataContributor', why: 'Operators bring base models.' }
  {
    to: operator
    container: 'feedback'
    role: 'StorageBlobDataContributor'
    why: 'Operators settle corrections that contradict each other.'
  }
  { to: operator, container: 'reports', role: 'StorageBlobDataReader', why: 'Operators read validation and evaluation reports.' }
  { to: operator, container: 'models', role: 'StorageBlobDataReader', why: 'Operators download models.' }
  {
    to: operator
    container: 'uncertain'
    role: 'StorageBlobDataReader'
    why: 'Operators label the texts that a model was least certain of.'
  }
]))

var queueGrants = [
  {
    to: 'training'
    queue: 'training-jobs'
    role: 'StorageQueueDataContributor'
    why: 'The worker takes a job, keeps it invisible while it trains (which a message processor may not) and deletes it; the scaler counts the messages.'
  }
  {
    to: 'training'
    queue: 'training-jobs-poison'
    role: 'StorageQueueDataMessageSender'
    why: 'The worker puts a job aside that failed too often.'
  }
  {
    to: 'training'
    queue: 'evaluation-requests'
    role: 'StorageQueueDataMessageSender'
    why: 'The worker asks for the evaluation of the model it made.'
  }
]

var tableGrants = [
  { to: 'training', table: 'Runs', role: 'StorageTableDataContributor', why: 'Training reports progress and result.' }
  { to: 'training', table: 'Models', role: 'StorageTableDataContributor', why: 'Training records the version it made.' }
]

resource account 'Microsoft.Storage/storageAccounts@2026-04-01' existing = {
  name: storageName
}

resource registry 'Microsoft.ContainerRegistry/registries@2025-11-01' existing = {
  name: registryName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource containers 'Microsoft.Storage/storageAccounts/blobServices/containers@2026-04-01' existing = [
  for grant in containerGrants: { name: '${storageName}/default/${grant.container}' }
]

resource operatorContainers 'Microsoft.Storage/storageAccounts/blobServices/containers@2026-04-01' existing = [
  for grant in operatorGrants: { name: '${storageName}/default/${grant.container}' }
]

resource queues 'Microsoft.Storage/storageAccounts/queueServices/queues@2026-04-01' existing = [
  for grant in queueGrants: { name: '${storageName}/default/${grant.queue}' }
]

resource tables 'Microsoft.Storage/storageAccounts/tableServices/tables@2026-04-01' existing = [
  for grant in tableGrants: { name: '${storageName}/default/${grant.table}' }
]

resource onAccount 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for grant in accountGrants: {
    scope: account
    name: guid(account.id, grant.to, grant.role)
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[grant.role])
      principalId: principals[grant.to]
      principalType: 'ServicePrincipal'
      description: grant.why
    }
  }
]

resource onContainers 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (grant, index) in containerGrants: {
    scope: containers[index]
    name: guid(containers[index].id, grant.to, grant.role)
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[grant.role])
      principalId: principals[grant.to]
      principalType: 'ServicePrincipal'
      description: grant.why
    }
  }
]

resource forOperators 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (grant, index) in operatorGrants: {
    scope: operatorContainers[index]
    name: guid(operatorContainers[index].id, grant.to, grant.role)
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[grant.role])
      principalId: grant.to // a person, a group or a pipeline: the type is left for Azure to find
      description: grant.why
    }
  }
]

resource onQueues 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (grant, index) in queueGrants: {
    scope: queues[index]
    name: guid(queues[index].id, grant.to, grant.role)
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[grant.role])
      principalId: principals[grant.to]
      principalType: 'ServicePrincipal'
      description: grant.why
    }
  }
]

resource onTables 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (grant, index) in tableGrants: {
    scope: tables[index]
    name: guid(tables[index].id, grant.to, grant.role)
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[grant.role])
      principalId: principals[grant.to]
      principalType: 'ServicePrincipal'
      description: grant.why
    }
  }
]

resource onRegistry 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: registry
  name: guid(registry.id, 'training', 'AcrPull')
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.AcrPull)
    principalId: principals.training
    principalType: 'ServicePrincipal'
    description: 'The job pulls its image.'
  }
}

resource onInsights 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for program in ['functions', 'training']: {
    scope: insights
    name: guid(insights.id, program, 'MonitoringMetricsPublisher')
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.MonitoringMetricsPublisher)
      principalId: principals[program]
      principalType: 'ServicePrincipal'
      description: 'The program sends traces and metrics; Application Insights accepts no key.'
    }
  }
]
