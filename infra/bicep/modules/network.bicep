metadata description = 'Optional private networking: the programs reach storage and registry through private endpoints in a network of their own.'

import { tags as tagsType } from 'types.bicep'

@description('Required. Suffix that makes names unique.')
param token string

@description('Required. Location of the resources.')
param location string

@description('Required. Tags of the resources.')
param tags tagsType

@description('Required. Address space of the network, a /22 or larger; change it where networks are peered.')
param addressSpace string

@description('Required. Whether the programs may reach the internet, for the model hub.')
param outbound bool

@description('Required. Resource ID of the Log Analytics workspace.')
param workspaceId string

// Flex Consumption and Container Apps need the same delegation, but a subnet each.
var delegation = [{ name: 'apps', properties: { serviceName: 'Microsoft.App/environments' } }]
var zoneNames = {
  blob: 'privatelink.blob.${environment().suffixes.storage}'
  queue: 'privatelink.queue.${environment().suffixes.storage}'
  table: 'privatelink.table.${environment().suffixes.storage}'
  registry: 'privatelink${environment().suffixes.acrLoginServer}'
}

resource address 'Microsoft.Network/publicIPAddresses@2025-05-01' = if (outbound) {
  name: 'pip-${token}'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: { publicIPAllocationMethod: 'Static' }
}

resource gateway 'Microsoft.Network/natGateways@2025-05-01' = if (outbound) {
  name: 'ng-${token}'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: { publicIpAddresses: [{ id: address.id }] }
}

var natGateway = outbound ? { id: gateway.id } : null

resource network 'Microsoft.Network/virtualNetworks@2025-05-01' = {
  name: 'vnet-${token}'
  location: location
  tags: tags
  properties: { addressSpace: { addressPrefixes: [addressSpace] } }

  resource functions 'subnets' = {
    name: 'functions'
    properties: {
      addressPrefix: cidrSubnet(addressSpace, 25, 0)
      delegations: delegation
      natGateway: natGateway
    }
  }

  resource training 'subnets' = {
    name: 'training'
    properties: {
      addressPrefix: cidrSubnet(addressSpace, 24, 1)
      delegations: delegation
      natGateway: natGateway
    }
    dependsOn: [functions] // a network takes one change at a time
  }

  resource endpoints 'subnets' = {
    name: 'endpoints'
    properties: { addressPrefix: cidrSubnet(addressSpace, 27, 16) }
    dependsOn: [training]
  }
}

#disable-next-line use-recent-api-versions // the stable version is older still
resource networkMetrics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: network
  name: 'log-analytics'
  properties: { workspaceId: workspaceId, metrics: [{ category: 'AllMetrics', enabled: true }] }
}

resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for zone in items(zoneNames): { name: zone.value, location: 'global', tags: tags }
]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (zone, index) in items(zoneNames): {
    parent: zones[index]
    name: 'droptune'
    location: 'global'
    tags: tags
    properties: { registrationEnabled: false, virtualNetwork: { id: network.id } }
  }
]

@description('Resource ID of the subnet of the function app.')
output functionsSubnetId string = network::functions.id

@description('Resource ID of the subnet of the training environment.')
output trainingSubnetId string = network::training.id

@description('Resource ID of the subnet of the private endpoints.')
output endpointSubnetId string = network::endpoints.id

@description('Resource IDs of the private DNS zones by service: blob, queue, registry, table.')
output zoneIds { *: string } = toObject(
  items(zoneNames),
  zone => zone.key,
  zone => resourceId('Microsoft.Network/privateDnsZones', zone.value)
)
