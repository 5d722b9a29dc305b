using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using NixSharp.NarInfos;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Stores.Uploads;
using Xunit;

namespace NixSharp.Core.Tests.Stores.Uploads;

public sealed class UploaderTests : StoreFixture
{
    private UploaderOptions Options => new() { Destination = $"file://{Folder["cache"]}", RetryDelay = TimeSpan.FromMilliseconds(1), MaxRetryDelay = TimeSpan.FromMilliseconds(5), Attempts = 3 };

    /// <summary>A place where there can be no cache, because a file is in the way.</summary>
    private string Nowhere => $"file://{Folder.Write("file", "")}/cache";

    [Fact]
    public async Task A_path_arrives_with_all_that_it_needs_and_signed()
    {
        await using var source = OpenStore();
        var below = await source.AddAsync(MakeTree());
        var top = await source.AddTextAsync("top", $"on {below}", [below]);
        var (key, events) = (SecretKey.Generate("test-1"), new Recorder());
        await using var uploads = await Uploader.OpenAsync(Folder["queue"], source, Options with { SigningKey = key, Events = events });

        Assert.True(await uploads.EnqueueAsync(top));
        await uploads.WaitUntilIdleAsync();

        // A folder, and there already.
        Assert.True(await uploads.EnqueueAsync(below));
        await uploads.WaitUntilIdleAsync();

        await using var cache = await NixStore.OpenAsync(Options.Destination);
        foreach (var path in (StorePath[])[below, top])
        {
            Assert.Contains(key.Sign(await source.GetPathInfoAsync(path)).ToString(), (await cache.GetPathInfoAsync(path)).Signatures);
        }

        Assert.Equal([UploadState.Started, UploadState.Pushed, UploadState.Started, UploadState.Pushed], events.All.Select(static item => item.State));
        Assert.Equal(0, events.All.Last().Bytes);
        var status = uploads.GetStatus();
        Assert.Equal((0, 0, 2L), (status.Pending, status.Running, status.Pushed));
        Assert.True(status.PushedBytes > 0);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Folder["queue/pending"]));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Folder["queue/roots"]));
    }

    [Fact]
    public async Task What_waits_outlasts_the_process()
    {
        await using var source = OpenStore();
        var path = await source.AddTextAsync("text", "contents");
        using (var silent = new SilentServer())
        {
            await using var uploads = await Uploader.OpenAsync(Folder["queue"], source, Options with { Destination = silent.Uri });
            Assert.True(await uploads.EnqueueAsync(path));
            Assert.False(await uploads.EnqueueAsync(path));
        }

        // A crash while a file was written leaves this.
        Folder.Write("queue/pending/.tmp-1", "half");
        Folder.Write("queue/failed/.tmp-2", "half");
        await using var again = await Uploader.OpenAsync(Folder["queue"], source, Options);
        await again.WaitUntilIdleAsync();

        await using var cache = await NixStore.OpenAsync(Options.Destination);
        Assert.NotNull(await cache.QueryPathInfoAsync(path));
        Assert.Empty(Directory.EnumerateFiles(Folder["queue/pending"]));
    }

    [Fact]
    public async Task What_fails_too_often_is_given_up_with_its_reason_and_can_be_tried_again()
    {
        await using var source = OpenStore();
        var path = await source.AddTextAsync("text", "contents");
        var events = new Recorder();
        await using (var uploads = await Uploader.OpenAsync(Folder["queue"], source, Options with { Destination = Nowhere, Events = events }))
        {
            await uploads.EnqueueAsync(path);
            await uploads.WaitUntilIdleAsync();
            Assert.Equal(path, Assert.Single(uploads.GetStatus().Failures).Path);
        }

        Assert.Equal(
            [UploadState.Started, UploadState.Retrying, UploadState.Started, UploadState.Retrying, UploadState.Started, UploadState.GivenUp],
            events.All.Select(static item => item.State));
        Assert.IsAssignableFrom<NixException>(events.All.Last().Error);

        await using var again = await Uploader.OpenAsync(Folder["queue"], source, Options);
        var failure = Assert.Single(again.GetStatus().Failures);
        Assert.Equal(events.All.Last().Error?.Message, failure.Reason);
        Assert.Equal(1, await again.RetryFailuresAsync());
        await again.WaitUntilIdleAsync();
        Assert.Empty(again.GetStatus().Failures);
        Assert.Empty(Directory.EnumerateFiles(Folder["queue/failed"]));
    }

    [Fact]
    public async Task What_is_gone_from_the_source_is_given_up_at_once()
    {
        await using var source = OpenStore();
        var events = new Recorder();
        Folder.Write($"queue/pending/{Stranger.BaseName}", "");
        await using var uploads = await Uploader.OpenAsync(Folder["queue"], source, Options with { Events = events });
        await uploads.WaitUntilIdleAsync();
        Assert.Equal([UploadState.Started, UploadState.GivenUp], events.All.Select(static item => item.State));
        Assert.Equal(NixErrorCodes.PathNotValid, (await Assert.ThrowsAsync<NixStoreException>(() => uploads.EnqueueAsync(Stranger))).Code);
    }

    [Fact]
    public async Task A_full_queue_takes_no_more_and_a_cache_that_hangs_does_not_hold_it_for_ever()
    {
        await using var source = OpenStore();
        var (first, second) = (await source.AddTextAsync("first", "1"), await source.AddTextAsync("second", "2"));
        using var silent = new SilentServer();
        var events = new Recorder();
        await using var uploads = await Uploader.OpenAsync(Folder["queue"], source, Options with { Destination = silent.Uri, Capacity = 1, Attempts = 1, StallTimeout = TimeSpan.FromSeconds(2), Events = events });

        await uploads.EnqueueAsync(first);
        Assert.Equal(NixErrorCodes.UploadQueueFull, (await Assert.ThrowsAsync<NixStoreException>(() => uploads.EnqueueAsync(second))).Code);

        await uploads.WaitUntilIdleAsync();
        Assert.Equal(NixErrorCodes.UploadStalled, Assert.IsType<NixStoreException>(events.All.Last().Error).Code);
        Assert.True(await uploads.EnqueueAsync(second));
    }

    [Fact]
    public async Task What_waits_is_not_collected_and_what_was_pushed_is()
    {
        await using var source = OpenStore();
        var path = await source.AddTextAsync("text", "contents");
        using (var silent = new SilentServer())
        {
            await using var uploads = await Uploader.OpenAsync(Folder["queue"], source, Options with { Destination = silent.Uri });
            await uploads.EnqueueAsync(path);
        }

        await source.DisposeAsync();
        await using var later = OpenStore();
        await later.CollectGarbageAsync(new GarbageOptions());
        Assert.NotNull(await later.QueryPathInfoAsync(path));

        await using (var uploads = await Uploader.OpenAsync(Folder["queue"], later, Options))
        {
            await uploads.WaitUntilIdleAsync();
        }

        await later.DisposeAsync();
        await using var last = OpenStore();
        await last.CollectGarbageAsync(new GarbageOptions());
        Assert.Null(await last.QueryPathInfoAsync(path));
    }

    [Fact]
    public async Task Hundreds_of_paths_at_once_all_arrive()
    {
        await using var source = OpenStore();
        await using var uploads = await Uploader.OpenAsync(Folder["queue"], source, Options with { Jobs = 4 });
        var paths = new List<StorePath>();
        for (var i = 0; i < 200; i++)
        {
            paths.Add(await source.AddTextAsync($"text-{i}", $"{i}"));
        }

        await Task.WhenAll(paths.Select(path => uploads.EnqueueAsync(path)));
        await uploads.WaitUntilIdleAsync();

        await using var cache = await NixStore.OpenAsync(Options.Destination);
        Assert.Equal(200, (await cache.QueryPathInfosAsync(paths)).Count);
    }

    [Fact]
    public async Task Two_cannot_share_a_folder()
    {
        await using var source = OpenStore();
        await using var uploads = await Uploader.OpenAsync(Folder["queue"], source, Options);
        Assert.Equal(NixErrorCodes.StoreLocked, (await Assert.ThrowsAsync<NixFileException>(() => Uploader.OpenAsync(Folder["queue"], source, Options))).Code);
    }

    private sealed class Recorder : IProgress<UploadEvent>
    {
        public ConcurrentQueue<UploadEvent> All { get; } = [];

        public void Report(UploadEvent value) => All.Enqueue(value);
    }

    /// <summary>Takes connections and never answers.</summary>
    private sealed class SilentServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public SilentServer() => _listener.Start();

        public string Uri => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

        public void Dispose() => _listener.Dispose();
    }
}
