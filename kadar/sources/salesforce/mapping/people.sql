-- Users, and not those of portals or machines.
select
    u._row,
    u.Id as person_id,
    u.Name as name,
    u.Email as email,
    u.Department as team,
    coalesce(r.Name, u.Title) as role,
    u.ManagerId as manager_id,
    u.IsActive as active
from "User" u
left join UserRole r on r.Id = u.UserRoleId
where coalesce(u.UserType, 'Standard') in ('Standard', 'PowerPartner')
