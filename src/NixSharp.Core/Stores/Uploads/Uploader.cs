using System.Threading.Channels;
using NixSharp.Files;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Uploads;

/// <summary>
/// Pushes paths and all that they need to another store, in the background: signed, several at a time, again and again
/// where that fails. What waits is kept in a folder and outlasts the process and a crash; what waits is not collected in
/// the source meanwhile. Safe for use by several threads.
/// </summary>
public sealed class Uploader : IAsyncDisposable
{
    private readonly UploaderOptions _options;
    private readonly UploadFolder _folder;
    private readonly FileLock _lock;
    private readonly INixStore _source;
    private readonly PathUpload _upload;
    private readonly Channel<StorePath> _channel = Channel.CreateUnbounded<StorePath>();
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<StorePath> _pending = [];
    private readonly Dictionary<StorePath, UploadFailure> _failures;
    private readonly Lock _gate = new();
    private readonly List<TaskCompletionSource> _waiting = [];
    private Task _work = Task.CompletedTask;
    private int _running;
    private long _pushed;
    private long _pushedBytes;

    private Uploader(string folder, FileLock folderLock, INixStore source, UploaderOptions options)
    {
        _lock = folderLock;
        _source = source;
        _options = options;
        _folder = new UploadFolder(folder, source.StoreDirectory);
        _failures = _folder.ReadFailures().ToDictionary(static failure => failure.Path);
        _upload = new PathUpload(source, options);
    }

    /// <summary>Opens the queue that is in a folder, which is made where it is not there, and goes on with what waits in it.</summary>
    /// <param name="folder">The folder; one queue at a time may use it.</param>
    /// <param name="source">The store that paths are pushed from; stays open.</param>
    /// <param name="options">Where to, and how hard to try.</param>
    /// <param name="cancellationToken">Stops opening.</param>
    /// <exception cref="NixFileException">The folder cannot be used, or another queue uses it.</exception>
    /// <exception cref="NixStoreException">The destination's URI makes no sense.</exception>
    public static async Task<Uploader> OpenAsync(string folder, INixStore source, UploaderOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Jobs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Attempts, 1);
        StoreReference.Parse(options.Destination).RefuseUnknownParameters();
        folder = Path.GetFullPath(folder);
        FileLock? folderLock = null;
        try
        {
            Directory.CreateDirectory(folder);
            folderLock = await FileLock.AcquireAsync(Path.Combine(folder, "lock"), FileLockMode.Exclusive, TimeSpan.FromSeconds(1), cancellationToken).ConfigureAwait(false);
            var queue = new Uploader(folder, folderLock, source, options);
            queue.Start();
            return queue;
        }
        catch (Exception error)
        {
            folderLock?.Dispose();
            if (FileErrors.IsFromSystem(error))
            {
                throw FileErrors.Writing(folder, error);
            }

            throw;
        }
    }

    /// <summary>Puts a path into the queue; once this returns, it will be pushed whatever happens to this process.</summary>
    /// <returns>False where it waits already.</returns>
    /// <exception cref="NixStoreException">The queue is full, or the path is not valid in the source.</exception>
    /// <exception cref="NixFileException">The queue's folder cannot be written.</exception>
    public async Task<bool> EnqueueAsync(StorePath path, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
        lock (_gate)
        {
            if (_pending.Contains(path))
            {
                return false;
            }

            if (_pending.Count >= _options.Capacity)
            {
                throw new NixStoreException(
                    NixErrorCodes.UploadQueueFull,
                    $"{path} cannot wait to be pushed to {DisplayUri}: {_pending.Count} paths wait already, and {_options.Capacity} may. See why they are not pushed; the queue takes more as soon as they are.");
            }

            _pending.Add(path);
        }

        try
        {
            await _source.GetPathInfoAsync(path, cancellationToken).ConfigureAwait(false);
            if (_source is IStoreRoots roots)
            {
                await roots.AddRootAsync(_folder.RootOf(path), path, cancellationToken).ConfigureAwait(false);
            }

            await _folder.AddAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            _folder.Remove(path);
            Forget(path);
            if (FileErrors.IsFromSystem(error))
            {
                throw FileErrors.Writing(_folder.RootOf(path), error);
            }

            throw;
        }

        lock (_gate)
        {
            _failures.Remove(path);
        }

        _channel.Writer.TryWrite(path);
        return true;
    }

    /// <summary>Puts everything that was given up into the queue again.</summary>
    /// <returns>How many paths that are; those that are not valid in the source any more stay as they are.</returns>
    /// <exception cref="NixStoreException">The queue is full.</exception>
    /// <exception cref="NixFileException">The queue's folder cannot be written.</exception>
    public async Task<int> RetryFailuresAsync(CancellationToken cancellationToken = default)
    {
        var again = 0;
        foreach (var failure in GetStatus().Failures)
        {
            try
            {
                again += await EnqueueAsync(failure.Path, cancellationToken).ConfigureAwait(false) ? 1 : 0;
            }
            catch (NixStoreException error) when (error.Code == NixErrorCodes.PathNotValid)
            {
                continue;
            }
        }

        return again;
    }

    /// <summary>How the queue is now.</summary>
    public UploaderStatus GetStatus()
    {
        lock (_gate)
        {
            return new UploaderStatus(_pending.Count, _running, _pushed, _pushedBytes, [.. _failures.Values.OrderBy(static failure => failure.When)]);
        }
    }

    /// <summary>Waits until nothing waits: all is pushed or given up.</summary>
    public async Task WaitUntilIdleAsync(CancellationToken cancellationToken = default)
    {
        TaskCompletionSource idle;
        lock (_gate)
        {
            if (_pending.Count == 0)
            {
                return;
            }

            idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add(idle);
        }

        await idle.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stops what is being pushed; it waits in the folder for the next time.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await _work.ConfigureAwait(false);
        _lock.Dispose();
        _stop.Dispose();
    }

    private string DisplayUri => StoreReference.Parse(_options.Destination).ToDisplayString();

    private void Start()
    {
        foreach (var path in _folder.ReadPending())
        {
            _pending.Add(path);
            _channel.Writer.TryWrite(path);
        }

        _work = Task.WhenAll(Enumerable.Range(0, _options.Jobs).Select(_ => Task.Run(WorkAsync)));
    }

    private async Task WorkAsync()
    {
        try
        {
            await foreach (var path in _channel.Reader.ReadAllAsync(_stop.Token).ConfigureAwait(false))
            {
                Interlocked.Increment(ref _running);
                try
                {
                    await PushAsync(path).ConfigureAwait(false);
                }
                finally
                {
                    Interlocked.Decrement(ref _running);
                }

                Forget(path);
            }
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            // What was being pushed waits in the folder.
            return;
        }
    }

    private async Task PushAsync(StorePath path)
    {
        try
        {
            var bytes = await _upload.RunAsync(path, _stop.Token).ConfigureAwait(false);
            Interlocked.Increment(ref _pushed);
            Interlocked.Add(ref _pushedBytes, bytes);
            _folder.Remove(path);
        }
        catch (Exception error) when (!_stop.IsCancellationRequested)
        {
            await GiveUpAsync(new UploadFailure(path, DateTimeOffset.UtcNow, error.Message)).ConfigureAwait(false);
        }
    }

    private async Task GiveUpAsync(UploadFailure failure)
    {
        lock (_gate)
        {
            _failures[failure.Path] = failure;
            if (_failures.Count > UploadFolder.MaxFailures)
            {
                _failures.Remove(_failures.Values.MinBy(static old => old.When)!.Path);
            }
        }

        try
        {
            await _folder.GiveUpAsync(failure).ConfigureAwait(false);
        }
        catch (Exception disk) when (disk is NixFileException || FileErrors.IsFromSystem(disk))
        {
            // It waits on in the folder then, for the next time that it is opened.
            return;
        }
    }

    private void Forget(StorePath path)
    {
        List<TaskCompletionSource> idle = [];
        lock (_gate)
        {
            _pending.Remove(path);
            if (_pending.Count == 0)
            {
                idle = [.. _waiting];
                _waiting.Clear();
            }
        }

        idle.ForEach(static waiting => waiting.TrySetResult());
    }
}
