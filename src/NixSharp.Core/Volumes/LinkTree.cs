using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using NixSharp.Closures;
using NixSharp.Files;
using NixSharp.Native;

namespace NixSharp.Volumes;

/// <summary>Links every store path of a closure into a folder.</summary>
internal static class LinkTree
{
    private const int MostWorkers = 4;

    public static VolumeReport Make(Closure closure, string storeFolder, VolumeOptions options, CancellationToken cancellationToken)
    {
        var items = closure.Paths.Select(info => new LinkItem(closure.GetRealPath(info.Path), info.Path.BaseName)).ToList();
        return LibC.IsAvailable && !options.UseManagedCalls
            ? Link(items, storeFolder, options, cancellationToken)
            : Copy(items, storeFolder, options, cancellationToken);
    }

    private static VolumeReport Link(List<LinkItem> items, string storeFolder, VolumeOptions options, CancellationToken cancellationToken)
    {
        var number = LibC.OpenAt(LibC.CurrentFolder, FileNames.Terminate(storeFolder), LibC.ReadOnly | LibC.Directory | LibC.CloseOnExec, 0);
        if (number < 0)
        {
            throw FileErrors.Writing(storeFolder, Marshal.GetLastPInvokeError());
        }

        using var store = new FileDescriptor(number);
        var count = options.Parallelism > 0 ? options.Parallelism : Math.Min(Environment.ProcessorCount, MostWorkers);
        var work = new LinkWork(items, count);
        var reports = new VolumeReport[count];
        var errors = new Exception?[count];
        var threads = Enumerable.Range(1, count - 1).Select(index => new Thread(() => Run(index)) { IsBackground = true, Name = "linking" }).ToList();
        threads.ForEach(static thread => thread.Start());
        Run(0);
        threads.ForEach(static thread => thread.Join());

        // Who stopped because another failed has no error of its own; a cancelled one says less than a failed one.
        if (errors.OfType<Exception>().OrderBy(static error => error is OperationCanceledException).FirstOrDefault() is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        return reports.Aggregate(static (left, right) => left.Plus(right));

        void Run(int index)
        {
            try
            {
                using var worker = new LinkWorker(work, number, storeFolder);
                worker.Run(name => Report(options, name, work.Started, items.Count), cancellationToken);
                reports[index] = worker.Report;
            }
            catch (Exception error)
            {
                errors[index] = error;
            }
        }
    }

    private static VolumeReport Copy(List<LinkItem> items, string storeFolder, VolumeOptions options, CancellationToken cancellationToken)
    {
        var report = new VolumeReport();
        for (var index = 0; index < items.Count; index++)
        {
            Report(options, items[index].Name!, index, items.Count);
            using var writer = new TreeWriter(Path.Combine(storeFolder, items[index].Name!), TreeWriterOptions.Canonical with { UseManagedCalls = options.UseManagedCalls });
            var sink = new CountingSink(writer);
            FileTree.Read(items[index].SourcePath, sink, cancellationToken);
            report = report.Plus(sink.Report);
        }

        return report;
    }

    private static void Report(VolumeOptions options, string name, int done, int total) =>
        options.Progress?.Report(new NixProgress("linking", name, done, total, ProgressUnit.Items));
}
