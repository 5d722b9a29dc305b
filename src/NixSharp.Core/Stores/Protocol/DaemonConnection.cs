using System.Diagnostics;
using System.Net.Sockets;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Protocol;

/// <summary>One connection to a daemon, for one request at a time.</summary>
internal sealed partial class DaemonConnection : IAsyncDisposable
{
    private readonly DaemonChannel _channel;
    private readonly string _store;
    private readonly WireReader _reader;
    private readonly WireWriter _writer;
    private readonly long _opened = Stopwatch.GetTimestamp();
    private volatile bool _isAborted;
    private bool _isAnswered = true;
    private bool _isGreeted;

    private DaemonConnection(DaemonChannel channel, string store, StoreDirectory directory)
    {
        _channel = channel;
        _store = store;
        _reader = new WireReader(channel.Input, directory);
        _writer = new WireWriter(channel.Output, directory);
    }

    /// <summary>What both sides agreed on.</summary>
    public Handshake Handshake { get; private set; } = new(ProtocolVersion.Newest);

    /// <summary>The version that both sides speak.</summary>
    public ProtocolVersion Version => Handshake.Version;

    /// <summary>Whether settings were changed, which the daemon keeps for all of the connection.</summary>
    public bool HasOptions { get; private set; }

    /// <summary>How long the connection has been open.</summary>
    public TimeSpan Age => Stopwatch.GetElapsedTime(_opened);

    /// <summary>Whether another request can be made: the last one was answered whole, and nothing came since.</summary>
    public bool IsUsable => _isAnswered && !_isAborted && !_reader.HasMore && _channel.IsQuiet;

    /// <summary>Greets the daemon behind a channel, which is the connection's from now on.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="store">The store's URI, for messages.</param>
    /// <param name="directory">The store directory that the daemon's paths are in.</param>
    /// <param name="newest">The newest version to speak.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<DaemonConnection> OpenAsync(
        DaemonChannel channel,
        string store,
        StoreDirectory directory,
        ProtocolVersion newest,
        CancellationToken cancellationToken)
    {
        var connection = new DaemonConnection(channel, store, directory);
        try
        {
            connection.Handshake = await connection.RunAsync(
                "a greeting",
                async () =>
                {
                    var handshake = await Handshake.AsClientAsync(connection._reader, connection._writer, newest, [], cancellationToken).ConfigureAwait(false);
                    await connection.ListenAsync(null, null, cancellationToken).ConfigureAwait(false);
                    return handshake;
                },
                cancellationToken).ConfigureAwait(false);
            connection._isGreeted = true;
            return connection;
        }
        catch
        {
            connection.Abort();
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Refuses what the version that both sides speak cannot say.</summary>
    /// <param name="minor">The version that can: 1.<paramref name="minor"/>.</param>
    /// <param name="what">What it is about: "take logs".</param>
    /// <param name="release">The first release of Nix that can.</param>
    public void Require(int minor, string what, string release)
    {
        if (!Version.Has(minor))
        {
            throw new NixStoreException(
                NixErrorCodes.DaemonTooOld,
                $"The store {_store} speaks version {Version} of Nix's worker protocol, which cannot {what}. Use Nix {release} or later there.");
        }
    }

    /// <summary>Ends the connection at once; whoever waits on it wakes up.</summary>
    public void Abort()
    {
        _isAborted = true;
        _channel.Abort();
    }

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync().ConfigureAwait(false);
        _reader.Dispose();
        _writer.Dispose();
    }

    /// <summary>
    /// Has a conversation that must go to its end: after any failure the connection is not used again. What fails gets a
    /// code; errors of the caller's own code stay as they are.
    /// </summary>
    private async Task<T> RunAsync<T>(string request, Func<Task<T>> conversation, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _isAnswered = false;
        using var abort = cancellationToken.UnsafeRegister(static connection => ((DaemonConnection)connection!).Abort(), this);
        try
        {
            var answer = await conversation().ConfigureAwait(false);
            _isAnswered = true;
            return answer;
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested && IsBroken(error))
        {
            // A program that the other side was reached by is left to end by itself: how it ends explains it.
            var lost = await LostAsync(request, error).ConfigureAwait(false);
            Abort();
            throw lost;
        }
        catch (Exception error)
        {
            Abort();
            if (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException($"The store {_store} was asked for {request} and told to stop.", error, cancellationToken);
            }

            (error as CallerFailure)?.Rethrow();
            throw error switch
            {
                RemoteFailure remote => RemoteErrors.ToException(_store, request, remote),
                NixFormatException => await NotUnderstoodAsync(request, error).ConfigureAwait(false),
                _ => error,
            };
        }
    }

    /// <summary>Whether an error is that of a connection that is no more.</summary>
    private static bool IsBroken(Exception? error) => error is IOException or SocketException or ObjectDisposedException;

    private async Task<NixStoreException> LostAsync(string request, Exception error)
    {
        if (await _channel.ExplainAsync().ConfigureAwait(false) is { Length: > 0 } why)
        {
            return _isGreeted
                ? new NixStoreException(NixErrorCodes.DaemonConnectionLost, $"The connection to the store {_store} ended while it was asked for {request}. {why}", error)
                : new NixStoreException(NixErrorCodes.SshFailed, $"The store {_store} cannot be reached. {why}", error);
        }

        var how = error is EndOfStreamException ? "the other side closed it" : error.Message.TrimEnd('.');
        return new NixStoreException(
            NixErrorCodes.DaemonConnectionLost,
            $"The connection to the store {_store} ended while it was asked for {request}: {how}. Look at the daemon's own log, and try again.",
            error);
    }

    private async Task<NixStoreException> NotUnderstoodAsync(string request, Exception error)
    {
        var why = await _channel.ExplainAsync().ConfigureAwait(false);
        return new NixStoreException(
            NixErrorCodes.DaemonProtocol,
            $"The store {_store} was asked for {request}, and its answer was not understood. {error.Message}{(why.Length > 0 ? " " : "")}{why}",
            error);
    }
}
