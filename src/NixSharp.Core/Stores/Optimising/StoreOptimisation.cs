using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using NixSharp.Files;
using NixSharp.Native;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Optimising;

/// <summary>
/// Links equal files of store paths: one thread goes through the folders, several hash and link what it finds. Folders get
/// their modes and times back in the end, those too that a killed process has left otherwise.
/// </summary>
internal sealed class StoreOptimisation(StoreLayout layout, IProgress<NixProgress>? progress)
{
    private const int Queue = 1024;

    private readonly LinkPool _pool = LinkPool.Load(layout);
    private long _done;

    public OptimiseResult Result => new(_pool.FilesLinked, _pool.BytesFreed);

    /// <summary>Links the files of some paths, which nobody deletes meanwhile.</summary>
    public void Run(IReadOnlyList<StorePath> paths, int total, CancellationToken cancellationToken)
    {
        using var work = new BlockingCollection<StoreFile>(Queue);
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ExceptionDispatchInfo? failure = null;
        var folders = new ConcurrentDictionary<FolderPath, bool>();
        var workers = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Start(Link)).ToList();
        try
        {
            WalkAll();
        }
        catch (Exception error)
        {
            Fail(error);
        }
        finally
        {
            work.CompleteAdding();
            workers.ForEach(static worker => worker.Join());
            foreach (var folder in folders.Keys)
            {
                folder.MakeCanonical();
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        failure?.Throw();

        void WalkAll()
        {
            foreach (var path in paths)
            {
                Walk(layout.RealPathOf(path));
                progress?.Report(new NixProgress("optimising", path.ToString(), ++_done, total, ProgressUnit.Items));
            }
        }

        void Walk(string place)
        {
            var name = FileNames.Terminate(place);
            if (LibC.StatX(LibC.CurrentFolder, name, LibC.SymlinkNoFollow, LibC.StatusBasics, out var root) != 0)
            {
                return;
            }

            if (root.Type != EntryType.Directory)
            {
                Offer(name, root, null);
                return;
            }

            using var walk = new FolderWalk(place, sorted: false);
            var open = new Stack<FolderPath>();
            walk.Enter(name);
            Open(root, name);
            while (walk.Depth > 0)
            {
                if (!walk.TryNext(out var entry))
                {
                    walk.Leave();
                    open.Pop();
                    continue;
                }

                var status = walk.Status(entry);
                var full = walk.Folders.FullPath(walk.TerminatedName(entry));
                if (status.Type == EntryType.Directory)
                {
                    walk.Enter(walk.TerminatedName(entry));
                    Open(status, full);
                }
                else
                {
                    Offer(full, status, open.Peek());
                }
            }

            void Open(in StatX status, byte[] path)
            {
                open.Push(new FolderPath(path));
                if (!status.IsCanonicalFolder)
                {
                    folders.TryAdd(open.Peek(), true);
                }
            }
        }

        void Offer(byte[] path, in StatX status, FolderPath? folder)
        {
            failed.Token.ThrowIfCancellationRequested();
            if (_pool.IsWanted(status))
            {
                work.Add(new StoreFile(path, status, folder), failed.Token);
            }
        }

        void Link()
        {
            using var linker = new FileLinker(layout, _pool);
            foreach (var file in work.GetConsumingEnumerable(CancellationToken.None))
            {
                if (failed.IsCancellationRequested)
                {
                    continue;
                }

                try
                {
                    if (linker.Link(file) && file.Folder is { } folder)
                    {
                        folders.TryAdd(folder, true);
                    }
                }
                catch (Exception error)
                {
                    Fail(error);
                }
            }
        }

        void Fail(Exception error)
        {
            if (error is not OperationCanceledException)
            {
                Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(error), null);
            }

            failed.Cancel();
        }
    }

    private static Thread Start(ThreadStart run)
    {
        var thread = new Thread(run) { IsBackground = true, Name = "optimising" };
        thread.Start();
        return thread;
    }
}
