// The values are those that the first step puts out; azd keeps them in its environment.
using 'events.bicep'

param functionAppName = readEnvironmentVariable('FUNCTION_APP_NAME')
param storageAccountName = readEnvironmentVariable('STORAGE_ACCOUNT_NAME')
param topicName = readEnvironmentVariable('EVENT_TOPIC_NAME')
