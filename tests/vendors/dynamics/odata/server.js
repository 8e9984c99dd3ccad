// @sap/cds serves the model; here is only what lies outside OData: signing in, and one type cast.
const cds = require('@sap/cds')
const fs = require('fs')

const dates = JSON.parse(fs.readFileSync('dates.json'))

cds.on('bootstrap', (app) => {
  app.use((request, response, next) => {
    const cast = /EntityDefinitions\(LogicalName='(\w+)'\)\/Attributes\/Microsoft/.exec(request.url)
    if (cast) return response.json({ value: dates[cast[1]] })
    if (request.url.endsWith('/WhoAmI()')) return response.json({ UserId: '1', OrganizationId: '2' })
    if (request.url.endsWith('/oauth2/v2.0/token'))
      return response.json({ token_type: 'Bearer', expires_in: 3599, access_token: 'judge' })
    next()
  })
})
cds.on('listening', ({ server }) => console.log(`PORT ${server.address().port}`))
module.exports = (options) => cds.server({ ...options, port: 0, host: '127.0.0.1' })
