"""What a Redis server does in one step, by its own clock."""

from __future__ import annotations

# Note the last beat of a node, headed by the server's time in µs. What is no list of nodes gives way to one.
# KEYS: the registry. ARGV: node, beat.
REGISTER = """
if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then redis.call('DEL', KEYS[1]) end
local t = redis.call('TIME')
redis.call('HSET', KEYS[1], ARGV[1], t[1] .. string.format('%06d', t[2]) .. ' ' .. ARGV[2])
"""

# The server's time in µs, and the registry.
REGISTRY = """
local t = redis.call('TIME')
return {t[1] .. string.format('%06d', t[2]), redis.call('HGETALL', KEYS[1])}
"""

# `hub.bus.bucket.spend`, with times in µs. KEYS: the bucket. ARGV: tokens a second, burst.
# Returns 0, or after how many µs there will be a token.
SPEND = """
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local interval = 1000000 / ARGV[1]
local ahead = ARGV[2] * interval
local noted = tonumber(redis.call('GET', KEYS[1]) or '0')
local spent = math.min(noted, now + ahead)
local next = math.max(now, spent) + interval
local wait = next - now - ahead
if wait <= 1 then spent = next end
if spent ~= noted then
    redis.call('SET', KEYS[1], string.format('%.0f', spent), 'PX', math.ceil((spent - now) / 1000) + 1000)
end
if wait > 1 then return math.ceil(wait) end
return 0
"""
