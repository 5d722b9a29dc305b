using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using NixSharp.Files;
using NixSharp.Hashing;
using NixSharp.StorePaths;

namespace NixSharp.Nar;

/// <summary>
/// A stream that hashes and scans for references what is written to it, in large blocks and on a thread of its own,
/// so that reading files hides behind hashing them.
/// </summary>
internal sealed class NarDigester : WriteOnlyStream
{
    private const int BlockSize = 256 * 1024;
    private const int BlocksInFlight = 8;

    private readonly BlockingCollection<(byte[] Block, int Count)> _blocks = new(BlocksInFlight);
    private readonly NixHashAlgorithm _algorithm;
    private readonly IncrementalHash _hash;
    private readonly ReferenceScanner _scanner;
    private readonly Action<long>? _report;
    private readonly CancellationToken _cancellationToken;
    private readonly Task _worker;
    private volatile ExceptionDispatchInfo? _failure;
    private byte[] _current = ArrayPool<byte>.Shared.Rent(BlockSize);
    private int _used;
    private long _size;
    private bool _disposed;

    public NarDigester(
        NixHashAlgorithm algorithm,
        IEnumerable<StorePath> candidates,
        Action<long>? report = null,
        CancellationToken cancellationToken = default)
    {
        _algorithm = algorithm;
        _hash = IncrementalHash.CreateHash(algorithm.ToHashAlgorithmName());
        _scanner = new ReferenceScanner(candidates);
        _report = report;
        _cancellationToken = cancellationToken;
        _worker = Task.Factory.StartNew(Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var count = Math.Min(buffer.Length, _current.Length - _used);
            buffer[..count].CopyTo(_current.AsSpan(_used));
            _used += count;
            buffer = buffer[count..];
            if (_used == _current.Length)
            {
                HandOver();
                _current = ArrayPool<byte>.Shared.Rent(BlockSize);
            }
        }
    }

    /// <summary>Waits until everything is hashed.</summary>
    public NarDigest Complete()
    {
        HandOver();
        _current = [];
        _blocks.CompleteAdding();
        _worker.GetAwaiter().GetResult();
        _failure?.Throw();
        return new NarDigest(new NixHash(_algorithm, _hash.GetHashAndReset()), _size, _scanner.Found);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            _blocks.CompleteAdding();
            _worker.GetAwaiter().GetResult();
            _hash.Dispose();
            _blocks.Dispose();
            if (_current.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(_current);
                _current = [];
            }
        }

        base.Dispose(disposing);
    }

    private void HandOver()
    {
        _cancellationToken.ThrowIfCancellationRequested();
        _failure?.Throw();
        _blocks.Add((_current, _used), CancellationToken.None);
        _used = 0;
    }

    private void Work()
    {
        // After a failure, which the writer's side raises, blocks are still taken: nobody else would.
        foreach (var (block, count) in _blocks.GetConsumingEnumerable(CancellationToken.None))
        {
            if (_failure is null)
            {
                TryDigest(block.AsSpan(0, count));
            }

            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private void TryDigest(ReadOnlySpan<byte> block)
    {
        try
        {
            _hash.AppendData(block);
            _scanner.Append(block);
            _size += block.Length;
            _report?.Invoke(_size);
        }
        catch (Exception error)
        {
            _failure = ExceptionDispatchInfo.Capture(error);
        }
    }
}
