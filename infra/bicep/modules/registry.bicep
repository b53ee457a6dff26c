metadata description = 'The registry of the training image. Pulled with an identity; the admin user is off.'

import { tags as tagsType } from 'types.bicep'

@description('Required. Registry name, globally unique.')
@minLength(5)
@maxLength(50)
param name string

@description('Required. Location of the registry.')
param location string

@description('Required. Tags of the registry.')
param tags tagsType

@description('Required. Whether the registry is reached from the internet (with Entra ID) or only through a private endpoint.')
param publicAccess bool

@description('Required. Resource ID of the Log Analytics workspace.')
param workspaceId string

resource registry 'Microsoft.ContainerRegistry/registries@2025-11-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: publicAccess ? 'Basic' : 'Premium' } // only Premium has private endpoints
  properties: {
    adminUserEnabled: false
    anonymousPullEnabled: false
    publicNetworkAccess: publicAccess ? 'Enabled' : 'Disabled'
    networkRuleBypassOptions: 'AzureServices'
    networkRuleBypassAllowedForTasks: publicAccess ? null : true // the image is built by a task of the registry
  }
}

#disable-next-line use-recent-api-versions // the stable version is older still
resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: registry
  name: 'log-analytics'
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'ContainerRegistryLoginEvents', enabled: true }
      { category: 'ContainerRegistryRepositoryEvents', enabled: true }
    ]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

@description('Resource ID of the registry.')
output resourceId string = registry.id

@description('Host name that images are pushed to and pulled from.')
output loginServer string = registry.properties.loginServer
