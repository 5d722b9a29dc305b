using System.Net;
using System.Net.Http.Headers;
using System.Runtime.ExceptionServices;

namespace NixSharp.Registries;

/// <summary>A body that is written while it is made. What goes wrong in the making is kept apart from what goes wrong on the way.</summary>
internal sealed class RegistryContent : HttpContent
{
    private const int BufferSize = 128 * 1024;
    private readonly Func<Stream, CancellationToken, Task> _write;
    private readonly Action<long> _onSent;
    private readonly long? _length;
    private ExceptionDispatchInfo? _failure;

    /// <param name="mediaType">The body's media type.</param>
    /// <param name="length">Its size, or null to send it in chunks.</param>
    /// <param name="write">Writes it.</param>
    /// <param name="onSent">Is told of every piece that went out.</param>
    public RegistryContent(string mediaType, long? length, Func<Stream, CancellationToken, Task> write, Action<long>? onSent = null)
    {
        _write = write;
        _onSent = onSent ?? (static _ => { });
        _length = length;
        Headers.ContentType = new MediaTypeHeaderValue(mediaType);
    }

    /// <summary>Whether the body is worth a question before it is sent.</summary>
    public bool IsLarge => _length is null or > BufferSize;

    /// <summary>Called whenever a piece went out, to see that there is life.</summary>
    public Action? OnLife { get; set; }

    public static RegistryContent From(string mediaType, ReadOnlyMemory<byte> bytes, Action<long>? onSent = null) =>
        new(mediaType, bytes.Length, async (stream, cancellationToken) => await stream.WriteAsync(bytes, cancellationToken).ConfigureAwait(false), onSent);

    /// <summary>Throws what went wrong in the making, if it was that.</summary>
    public void ThrowIfNotMade() => _failure?.Throw();

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var sent = new SentStream(stream, count =>
        {
            _onSent(count);
            OnLife?.Invoke();
        });
        var buffered = new BufferedStream(sent, BufferSize);
        try
        {
            await _write(buffered, cancellationToken).ConfigureAwait(false);
            await buffered.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!sent.IsBroken && !cancellationToken.IsCancellationRequested)
        {
            _failure = ExceptionDispatchInfo.Capture(exception);
            throw;
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _length ?? 0;
        return _length is not null;
    }
}
