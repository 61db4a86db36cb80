-- Purpose: how long a dispatcher is taken to be alive after it was last heard of. It renews its lease every 3 s, so a
--          host that is cut off has lost its jobs after about 25 s, and one that is slow for some seconds has not.
create or replace function lease_length() returns interval language sql immutable parallel safe as $$
    select interval '20 s'
$$;
