metadata description = 'One identity for each program, so that each holds only the roles it needs.'

import { identity, tags as tagsType } from 'types.bicep'

@description('Required. Suffix that makes names unique.')
param token string

@description('Required. Location of the resources.')
param location string

@description('Required. Tags of the resources.')
param tags tagsType

resource functions 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-functions-${token}'
  location: location
  tags: tags
}

resource training 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-training-${token}'
  location: location
  tags: tags
}

@description('The identity of the function app.')
output functions identity = {
  resourceId: functions.id
  clientId: functions.properties.clientId
  principalId: functions.properties.principalId
}

@description('The identity of the training job.')
output training identity = {
  resourceId: training.id
  clientId: training.properties.clientId
  principalId: training.properties.principalId
}
