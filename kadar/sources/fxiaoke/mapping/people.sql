-- PersonnelObj 人员, or the address book: the ids are what `owner` of every record holds
select p._row,
    p._key as person_id,
    coalesce(p.full_name, p.name) as name,
    p.email,
    coalesce(d.name, p.department) as team,
    p.position as role,
    p.leader as manager_id,
    p.status is null or p.status = '0' as active
from PersonnelObj p
left join DepartmentObj d on d._key = p.department
