select _row, id as person_id, name from owners
