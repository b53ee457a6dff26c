// What `azd up` deploys. `azd env set NAME value` sets any of the variables below; DROPTUNE_STAGE chooses the column.
using 'main.bicep'

var stages = {
  // To try it: nothing runs, and next to nothing is paid, while nobody uses it.
  dev: {
    servingSize: 'standard'
    alwaysReadyInstances: 0
    alwaysReadyForBlobs: 0
    maximumParallelRuns: 2
    trainingTimeoutSeconds: 7200
    logRetentionDays: 30
    dailyLogLimitGb: 1
    datasetRecoveryDays: 7
    monthlyBudget: 50
  }
  // For users: no cold start, longer trainings, more at a time, a longer memory.
  prod: {
    servingSize: 'large'
    alwaysReadyInstances: 1
    alwaysReadyForBlobs: 1
    maximumParallelRuns: 10
    trainingTimeoutSeconds: 43200
    logRetentionDays: 90
    dailyLogLimitGb: 10
    datasetRecoveryDays: 30
    monthlyBudget: 500
  }
}
var stage = stages[readEnvironmentVariable('DROPTUNE_STAGE', 'dev')]

var budget = readEnvironmentVariable('DROPTUNE_MONTHLY_BUDGET', '')
var hub = readEnvironmentVariable('DROPTUNE_HUB', '')

param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'dev')
param location = readEnvironmentVariable('AZURE_LOCATION', 'swedencentral')
param extraTags = { stage: readEnvironmentVariable('DROPTUNE_STAGE', 'dev') }

param servingSize = stage.servingSize
param alwaysReadyInstances = stage.alwaysReadyInstances
param alwaysReadyForBlobs = stage.alwaysReadyForBlobs
param maximumParallelRuns = stage.maximumParallelRuns
param trainingTimeoutSeconds = stage.trainingTimeoutSeconds
param logRetentionDays = stage.logRetentionDays
param dailyLogLimitGb = stage.dailyLogLimitGb
param datasetRecoveryDays = stage.datasetRecoveryDays

param trainingProfile = readEnvironmentVariable('DROPTUNE_TRAINING_PROFILE', 'Consumption-GPU-NC8as-T4')
param trainingPricePerMinute = readEnvironmentVariable('DROPTUNE_TRAINING_PRICE', '0.03')
param privateNetworking = bool(readEnvironmentVariable('DROPTUNE_PRIVATE_NETWORKING', 'false'))
param hubEnabled = empty(hub) ? !privateNetworking : bool(hub)
param hubTokenId = readEnvironmentVariable('DROPTUNE_HUB_TOKEN_ID', '')
param monthlyBudget = empty(budget) ? stage.monthlyBudget : int(budget)
param alertEmails = filter(split(readEnvironmentVariable('DROPTUNE_ALERT_EMAILS', ''), ','), email => !empty(email))

// azd names the image it pushed last; before the first push there is only the stand-in.
param trainingImage = readEnvironmentVariable('SERVICE_TRAINING_IMAGE_NAME', 'mcr.microsoft.com/k8se/quickstart-jobs:latest')
