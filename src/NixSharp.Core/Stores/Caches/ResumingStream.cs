using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using NixSharp.Files;

namespace NixSharp.Stores.Caches;

/// <summary>
/// A file on a server, read from its start to its end. When the connection breaks on the way, the rest is asked for,
/// provided that the file is still the same.
/// </summary>
internal sealed class ResumingStream : ReadOnlyStream
{
    private readonly CacheTransport _transport;
    private readonly CacheRequest _request;
    private readonly CancellationToken _cancellationToken;
    private readonly long? _length;
    private readonly EntityTagHeaderValue? _tag;
    private readonly DateTimeOffset? _modified;
    private HttpResponseMessage _response;
    private Stream? _body;
    private long _position;
    private int _failures;

    /// <param name="transport">Asks again.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="response">The answer, whose body this stream is.</param>
    /// <param name="cancellationToken">Stops reading that is given no token of its own.</param>
    public ResumingStream(CacheTransport transport, CacheRequest request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        _transport = transport;
        _request = request;
        _response = response;
        _cancellationToken = cancellationToken;
        _length = response.Content.Headers.ContentLength;
        _tag = response.Headers.ETag;
        _modified = response.Content.Headers.LastModified;
    }

    /// <summary>How the server has encoded the file on top of what it is.</summary>
    public string? ContentEncoding => _response.Content.Headers.ContentEncoding.LastOrDefault();

    public override int Read(Span<byte> buffer)
    {
        var rented = ArrayPool<byte>.Shared.Rent(buffer.Length);
        try
        {
            var count = ReadAsync(rented.AsMemory(0, buffer.Length), _cancellationToken).AsTask().GetAwaiter().GetResult();
            rented.AsSpan(0, count).CopyTo(buffer);
            return count;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _cancellationToken);
        for (var isBroken = false; ; isBroken = true)
        {
            try
            {
                if (isBroken)
                {
                    await Task.Delay(_transport.Options.RetryDelay, both.Token).ConfigureAwait(false);
                    await ResumeAsync(both.Token).ConfigureAwait(false);
                }

                var count = await ReadBodyAsync(buffer, both.Token).ConfigureAwait(false);
                if (count == 0 && _position < (_length ?? 0))
                {
                    throw new IOException($"it ended after {_position} of {_length} bytes");
                }

                _position += count;
                _failures = count > 0 ? 0 : _failures;
                return count;
            }
            catch (Exception error) when (error is IOException or HttpRequestException or OperationCanceledException)
            {
                both.Token.ThrowIfCancellationRequested();
                if (++_failures >= _transport.Options.MaxAttempts)
                {
                    throw CacheAnswer.Unreachable(_response.RequestMessage, error, _transport.Options.Timeout).Error;
                }
            }
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _response.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<int> ReadBodyAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using var alive = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        alive.CancelAfter(_transport.Options.Timeout);
        _body ??= await _response.Content.ReadAsStreamAsync(alive.Token).ConfigureAwait(false);
        return await _body.ReadAsync(buffer, alive.Token).ConfigureAwait(false);
    }

    /// <summary>Asks for what is missing, and goes to where it starts.</summary>
    private async Task ResumeAsync(CancellationToken cancellationToken)
    {
        _response.Dispose();
        _body = null;
        _response = await _transport.SendAsync(
            _request with
            {
                Expected = [HttpStatusCode.OK, HttpStatusCode.PartialContent],
                Offset = _position,
                Condition = _tag is { IsWeak: false } tag ? new RangeConditionHeaderValue(tag)
                    : _modified is { } modified ? new RangeConditionHeaderValue(modified) : null,
            },
            cancellationToken).ConfigureAwait(false);
        if (_tag is not null && _response.Headers.ETag is { } now && !now.Equals(_tag))
        {
            throw CacheAnswer.Malformed(_response, "the file was replaced while it was read");
        }

        if (_response.StatusCode == HttpStatusCode.OK)
        {
            await SkipAsync(_position, cancellationToken).ConfigureAwait(false);
        }
        else if (_response.Content.Headers.ContentRange is not { From: { } from, Length: var length } || from != _position || (length ?? _length) != _length)
        {
            throw CacheAnswer.Malformed(_response, $"the bytes from {_position} on were asked for, and others came");
        }
    }

    /// <summary>Passes over what was read before, where the server can only begin at the start.</summary>
    private async Task SkipAsync(long count, CancellationToken cancellationToken)
    {
        var scratch = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            while (count > 0)
            {
                var read = await ReadBodyAsync(scratch.AsMemory(0, (int)Math.Min(count, scratch.Length)), cancellationToken).ConfigureAwait(false);
                if (read == 0)
                {
                    throw CacheAnswer.Malformed(_response, "the file became shorter while it was read");
                }

                count -= read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }
}
