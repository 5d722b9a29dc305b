using System.Buffers;
using System.Net;
using System.Text;

namespace NixSharp.Registries.Engines;

/// <summary>The answer to one request, which has to show a sign of life from time to time.</summary>
internal sealed class EngineAnswer : IDisposable
{
    private const int BufferSize = 16 * 1024;
    private readonly EngineAddress _address;
    private readonly TimeSpan _timeout;
    private readonly CancellationToken _cancellationToken;
    private readonly CancellationTokenSource _alive;
    private HttpResponseMessage? _response;
    private bool _hasSent;

    public EngineAnswer(EngineAddress address, TimeSpan timeout, CancellationToken cancellationToken)
    {
        _address = address;
        _timeout = timeout;
        _cancellationToken = cancellationToken;
        _alive = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Prolong();
    }

    public HttpStatusCode Status => _response!.StatusCode;

    /// <summary>Notes that a piece of the body went out, which is a sign of life.</summary>
    public void NoteSent()
    {
        _hasSent = true;
        Prolong();
    }

    public Task SendAsync(HttpClient http, HttpRequestMessage request) =>
        GuardAsync(async () => _response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _alive.Token).ConfigureAwait(false));

    /// <summary>Reads the body piece by piece.</summary>
    public Task ReadAsync(Action<ReadOnlyMemory<byte>> onBytes, long limit) => GuardAsync(async () =>
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var body = await _response!.Content.ReadAsStreamAsync(_alive.Token).ConfigureAwait(false);
            var total = 0L;
            for (int count; (count = await body.ReadAsync(buffer, _alive.Token).ConfigureAwait(false)) > 0;)
            {
                Prolong();
                total += count;
                if (total > limit)
                {
                    throw new EngineException(
                        NixErrorCodes.EngineAnswerMalformed,
                        $"The engine at {_address} answered with more than {limit} bytes. Check that a container engine listens there.");
                }

                onBytes(buffer.AsMemory(0, count));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    });

    public async Task<string> ReadTextAsync(int limit)
    {
        var bytes = new ArrayBufferWriter<byte>();
        await ReadAsync(piece => bytes.Write(piece.Span), limit).ConfigureAwait(false);
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    public void Dispose()
    {
        _response?.Dispose();
        _alive.Dispose();
    }

    /// <summary>Grants another while without a sign of life.</summary>
    private void Prolong() => _alive.CancelAfter(_timeout);

    private async Task GuardAsync(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            var why = exception is OperationCanceledException
                ? $"it showed no sign of life for {_timeout.TotalSeconds:0} s"
                : exception.GetBaseException().Message.TrimEnd('.');
            throw new EngineException(
                NixErrorCodes.EngineUnreachable,
                _hasSent
                    ? $"The container engine at {_address} broke off: {why}. Its own log says why: its disk may be full."
                    : $"The container engine at {_address} cannot be reached: {why}. Check that it runs and that you may use it ('docker info', 'systemctl start podman.socket'), or name it with DOCKER_HOST or CONTAINER_HOST.",
                exception);
        }
    }
}
