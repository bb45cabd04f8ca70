package model

// TenantNeeds is what a tenant's administrator has to do before muster can be used, for
// the command line and for the screen alike. A line that is indented belongs to the one
// above it. It follows the reference on authentication, sections 4.1 to 4.3.
const TenantNeeds = `What muster needs in a tenant

1. An application (Entra admin centre > App registrations > New registration)
   Name           muster
   Accounts       for a partner: any organizational directory (multi-tenant)
                  for a single tenant: this directory only
   Redirect URI   Mobile and desktop applications: http://localhost
                  (for the browser sign-in)
   Authentication Allow public client flows: Yes  (for the device code)
   Its application (client) id is what --client-id wants.
   Each cloud needs an application of its own.

2. Its delegated permissions, with admin consent
   Microsoft Partner Center (fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd)
     user_impersonation                          everything in Partner Center
   Microsoft Graph
     DeviceManagementServiceConfig.ReadWrite.All Autopilot devices and profiles
     DeviceManagementConfiguration.ReadWrite.All BIOS configurations
     DeviceManagementManagedDevices.Read.All     enrolled devices
     Group.Read.All                              groups that things are assigned to
   A connection that stays read-only is content with the .Read.All of these.
   Only where used: GroupMember.ReadWrite.All puts devices into a group.

3. The person
   Partner Center  role AdminAgents, and multi-factor authentication
   In a customer   a GDAP relationship that the customer accepted, and in it a group of
                   yours with the role Intune Administrator; both run out
   Single tenant   role Intune Administrator
   In either       the tenant needs an Intune licence. Autopilot devices, profiles and BIOS
                   configurations are reached through beta APIs of Microsoft Graph, which
                   Microsoft may change without notice

4. Consent in each customer's tenant
   Under GDAP it is not automatic. A partner gives it on the customer's behalf:
     POST https://api.partnercenter.microsoft.com/v1/customers/{tenant}/applicationconsents
   or an administrator of the customer opens
     https://login.microsoftonline.com/{tenant}/adminconsent?client_id={client id}
   muster never does either by itself.

5. The ways of signing in (--sign-in)
   device-code       a code that you type on any other machine; the usual way over SSH.
                     Many tenants block it by Conditional Access.
   browser           your own browser, through ssh -L 8400:localhost:8400 HOST
   certificate       an application that nobody attends (App-only)
   secret, workload, managed-identity, azure-cli
                     the same, by what a platform provides

Then
   muster connections add contoso --tenant contoso.onmicrosoft.com --client-id ID
   muster --connection contoso`
