metadata description = 'A private endpoint of one service, with its name in the private DNS zone.'

import { tags as tagsType } from 'types.bicep'

@description('Required. Name of the endpoint.')
@maxLength(80)
param name string

@description('Required. Location of the network.')
param location string

@description('Required. Tags of the endpoint.')
param tags tagsType

@description('Required. Resource ID of the service.')
param serviceId string

@description('Required. Part of the service that is reached: blob, queue, table, registry.')
param groupId string

@description('Required. Resource ID of the subnet of the endpoint.')
param subnetId string

@description('Required. Resource ID of the private DNS zone.')
param zoneId string

resource endpoint 'Microsoft.Network/privateEndpoints@2025-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    subnet: { id: subnetId }
    privateLinkServiceConnections: [
      { name: groupId, properties: { privateLinkServiceId: serviceId, groupIds: [groupId] } }
    ]
  }

  resource zone 'privateDnsZoneGroups' = {
    name: 'default'
    properties: { privateDnsZoneConfigs: [{ name: groupId, properties: { privateDnsZoneId: zoneId } }] }
  }
}

@description('Resource ID of the endpoint.')
output resourceId string = endpoint.id
