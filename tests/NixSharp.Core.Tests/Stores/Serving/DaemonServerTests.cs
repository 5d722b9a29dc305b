using System.IO.Pipelines;
using NixSharp.Hashing;
using NixSharp.Nar;
using NixSharp.Stores;
using NixSharp.Stores.Protocol;
using NixSharp.Stores.Serving;
using Xunit;

namespace NixSharp.Core.Tests.Stores.Serving;

public sealed class DaemonServerTests : StoreFixture
{
    [Theory]
    [InlineData(21)]
    [InlineData(24)]
    [InlineData(34)]
    [InlineData(38)]
    public async Task The_older_of_two_versions_is_spoken(int minor)
    {
        await using var client = await ConnectAsync(minor);
        Assert.Equal(new ProtocolVersion(1, minor), client.Handshake.Version);
        Assert.Equal(minor >= 35 ? true : null, client.Handshake.IsTrusted);
        await client.AskAsync(WorkerOperation.IsValidPath, writer => writer.WritePath(Stranger));
        Assert.IsType<DaemonMessage.Last>(await client.LastAsync());
        Assert.False(await client.Reader.ReadBooleanAsync(default));
    }

    [Fact]
    public async Task What_the_store_cannot_do_is_an_error_and_the_connection_goes_on()
    {
        await using var client = await ConnectAsync(38, new Copying.AlteredStore(OpenStore()));
        await client.AskAsync(WorkerOperation.OptimiseStore, static _ => { });
        var error = Assert.IsType<DaemonMessage.Error>(await client.LastAsync());
        Assert.Contains("cannot be optimised", error.Reason.Message, StringComparison.Ordinal);
        await client.AskAsync(WorkerOperation.IsValidPath, writer => writer.WritePath(Stranger));
        Assert.IsType<DaemonMessage.Last>(await client.LastAsync());
        Assert.False(await client.Reader.ReadBooleanAsync(default));
    }

    [Fact]
    public async Task What_cannot_be_read_is_answered_and_ends_the_connection()
    {
        await using var client = await ConnectAsync(38);
        await client.AskAsync((WorkerOperation)9999, static _ => { });
        Assert.IsType<DaemonMessage.Error>(await client.LastAsync());
        await Assert.ThrowsAsync<EndOfStreamException>(() => client.Reader.ReadNumberAsync(default).AsTask());
        await Assert.ThrowsAsync<NixFormatException>(() => client.Serving);
    }

    [Theory]
    [InlineData(21)]
    [InlineData(23)]
    [InlineData(38)]
    public async Task A_NAR_is_added_in_each_version_s_way_and_comes_back(int minor)
    {
        var (info, nar) = await MakeAsync();
        await using var client = await ConnectAsync(minor);
        await client.SendNarAsync(info, nar, nar.Length);
        Assert.IsType<DaemonMessage.Last>(await client.LastAsync());
        await client.AskAsync(WorkerOperation.NarFromPath, writer => writer.WritePath(info.Path));
        Assert.IsType<DaemonMessage.Last>(await client.LastAsync());
        if (minor > 0)
        {
            await client.Reader.ReadNumberAsync(default);
        }

        var received = new byte[nar.Length - 8];
        await new WireStream(client.Reader).ReadExactlyAsync(received);
        Assert.Equal(Convert.ToHexString(nar[8..]), Convert.ToHexString(received));
    }

    [Theory]
    [InlineData(23)]
    [InlineData(38)]
    public async Task A_client_that_hangs_up_in_the_middle_of_a_NAR_leaves_nothing(int minor)
    {
        var (info, nar) = await MakeAsync();
        await using (var client = await ConnectAsync(minor))
        {
            await client.SendNarAsync(info, nar, nar.Length / 2);
            await client.HangUpAsync();
            await client.Serving;
        }

        await using var store = OpenStore();
        Assert.Empty(await store.ListAsync());
        Assert.Empty(NamesIn(store));
    }

    [Fact]
    public async Task A_NAR_that_is_not_the_one_announced_is_refused_and_the_connection_goes_on()
    {
        var (info, nar) = await MakeAsync();
        nar[^100] ^= 1;
        await using var client = await ConnectAsync(38);
        await client.SendNarAsync(info, nar, nar.Length);
        Assert.IsType<DaemonMessage.Error>(await client.LastAsync());
        await client.AskAsync(WorkerOperation.IsValidPath, writer => writer.WritePath(info.Path));
        Assert.IsType<DaemonMessage.Last>(await client.LastAsync());
        Assert.False(await client.Reader.ReadBooleanAsync(default));
    }

    [Fact]
    public async Task A_client_that_is_not_trusted_adds_nothing_without_a_signature()
    {
        var (info, nar) = await MakeAsync();
        await using var strict = LocalStore.Open(Folder["store"], Fast with { RequireSignatures = true });
        await using var client = await ConnectAsync(38, strict, isTrusted: false);
        Assert.False(client.Handshake.IsTrusted);
        await client.SendNarAsync(info, nar, nar.Length);
        Assert.Contains("not signed", Assert.IsType<DaemonMessage.Error>(await client.LastAsync()).Reason.Message, StringComparison.Ordinal);
        await client.AskAsync(WorkerOperation.VerifyStore, static writer =>
        {
            writer.WriteBoolean(false);
            writer.WriteBoolean(true);
        });
        Assert.Contains("may not repair", Assert.IsType<DaemonMessage.Error>(await client.LastAsync()).Reason.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_server_s_substituters_have_can_be_fetched()
    {
        await using var other = OpenStore("other");
        var below = await other.AddTextAsync("below", "below");
        var path = await other.AddTextAsync("path", $"{below}", [below]);
        var size = (await other.GetPathInfoAsync(path)).NarSize;
        var down = new Copying.AlteredStore(other) { Info = static _ => throw new InvalidDataException("the cable is cut") };
        var errors = new List<Exception>();
        await using var client = await ConnectAsync(38, options: new DaemonServerOptions { Substituters = [down, other], OnError = errors.Add });

        await client.AskAsync(WorkerOperation.QuerySubstitutablePaths, writer => writer.WritePaths([path, Stranger]));
        Assert.IsType<DaemonMessage.Last>(await client.LastAsync());
        Assert.Equal([path], await client.Reader.ReadPathsAsync(default));
        Assert.IsType<InvalidDataException>(Assert.Single(errors));

        await client.AskAsync(WorkerOperation.QuerySubstitutablePathInfos, writer => writer.WriteSubstitutableRequest([path, Stranger]));
        Assert.IsType<DaemonMessage.Last>(await client.LastAsync());
        var info = Assert.Single(await client.Reader.ReadListAsync(client.Reader.ReadSubstitutableAsync, default));
        Assert.Equal((path, null, 0, size), (info.Path, info.Deriver, info.DownloadSize, info.NarSize));
        Assert.Equal([below], info.References);

        await client.AskAsync(WorkerOperation.QuerySubstitutablePathInfo, writer => writer.WritePath(path));
        Assert.IsType<DaemonMessage.Last>(await client.LastAsync());
        Assert.True(await client.Reader.ReadBooleanAsync(default));
        Assert.Null(await client.Reader.ReadOptionalPathAsync(default));
        Assert.Equal([below], await client.Reader.ReadPathsAsync(default));
        Assert.Equal((0, size), (await client.Reader.ReadSizeAsync(default), await client.Reader.ReadSizeAsync(default)));

        await client.AskAsync(WorkerOperation.QuerySubstitutablePathInfo, writer => writer.WritePath(Stranger));
        Assert.IsType<DaemonMessage.Last>(await client.LastAsync());
        Assert.False(await client.Reader.ReadBooleanAsync(default));
    }

    [Fact]
    public async Task A_client_that_wants_no_substitutes_is_offered_none()
    {
        await using var other = OpenStore("other");
        var path = await other.AddTextAsync("path", "path");
        await using var client = await ConnectAsync(38, options: new DaemonServerOptions { Substituters = [other] });
        await client.AskAsync(WorkerOperation.SetOptions, static writer => new ClientOptions { UseSubstitutes = false }.Write(writer));
        Assert.IsType<DaemonMessage.Last>(await client.LastAsync());
        await client.AskAsync(WorkerOperation.QuerySubstitutablePaths, writer => writer.WritePaths([path]));
        Assert.IsType<DaemonMessage.Last>(await client.LastAsync());
        Assert.Empty(await client.Reader.ReadPathsAsync(default));
        await client.AskAsync(WorkerOperation.EnsurePath, writer => writer.WritePath(path));
        Assert.IsType<DaemonMessage.Error>(await client.LastAsync());
    }

    [Fact]
    public async Task A_NAR_beyond_the_limit_is_refused_before_it_is_sent()
    {
        var (info, nar) = await MakeAsync();
        await using var client = await ConnectAsync(38, options: new DaemonServerOptions { MaxObjectSize = 1000 });
        await client.SendNarAsync(info, nar, 0);
        Assert.Contains("at most 1000", Assert.IsType<DaemonMessage.Error>(await client.LastAsync()).Reason.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_stops_ends_connections_that_wait()
    {
        using var stop = new CancellationTokenSource();
        await using var client = await ConnectAsync(38, stopping: stop.Token);
        await stop.CancelAsync();
        await client.Serving.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_socket_serves_its_owner_as_trusted_and_goes_away_with_the_listener()
    {
        using var stop = new CancellationTokenSource();
        var path = Folder["socket"];
        using (var listener = DaemonListener.Listen(new DaemonServer(Open), path))
        {
            Assert.Equal(
                NixErrorCodes.SocketUnavailable,
                Assert.Throws<NixStoreException>(() => DaemonListener.Listen(new DaemonServer(Open), path)).Code);
            var running = listener.RunAsync(stop.Token);
            using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
            await socket.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(path));
            await using var stream = new System.Net.Sockets.NetworkStream(socket);
            using var reader = new WireReader(stream);
            using var writer = new WireWriter(stream);
            var handshake = await Handshake.AsClientAsync(reader, writer, ProtocolVersion.Newest, [], default);
            Assert.Equal(OperatingSystem.IsLinux(), handshake.IsTrusted);
            await stop.CancelAsync();
            await running.WaitAsync(TimeSpan.FromSeconds(30));
        }

        Assert.False(File.Exists(path));
    }

    private Task<INixStore> Open(CancellationToken cancellationToken) => NixStore.OpenAsync(Folder["store"], Fast, cancellationToken);

    /// <summary>A path that nothing proves but a signature, and its NAR.</summary>
    private async Task<(PathInfo Info, byte[] Nar)> MakeAsync()
    {
        await File.WriteAllBytesAsync(Path.Combine(MakeTree(), "large"), new byte[300_000]);
        using var nar = new MemoryStream();
        await NarArchive.DumpAsync(Folder["tree"], nar);
        return (new PathInfo { Path = Stranger, NarHash = NixHash.Compute(NixHashAlgorithm.Sha256, nar.ToArray()), NarSize = nar.Length }, nar.ToArray());
    }

    private Task<Client> ConnectAsync(int minor, INixStore? store = null, bool isTrusted = true, DaemonServerOptions? options = null, CancellationToken stopping = default) =>
        Client.ConnectAsync(new DaemonServer(store is null ? Open : _ => Task.FromResult(store), options), minor, isTrusted, stopping);

    private sealed class Client : IAsyncDisposable
    {
        private readonly Pipe _toServer = new(new PipeOptions(pauseWriterThreshold: 0));
        private readonly Pipe _toClient = new();

        private Client()
        {
            Reader = new WireReader(_toClient.Reader.AsStream());
            Writer = new WireWriter(_toServer.Writer.AsStream());
        }

        public WireReader Reader { get; }

        public WireWriter Writer { get; }

        public Handshake Handshake { get; private set; } = null!;

        public Task Serving { get; private set; } = Task.CompletedTask;

        public static async Task<Client> ConnectAsync(DaemonServer server, int minor, bool isTrusted, CancellationToken stopping)
        {
            var client = new Client();
            client.Serving = client.ServeAsync(server, isTrusted, stopping);
            client.Handshake = await Handshake.AsClientAsync(client.Reader, client.Writer, new ProtocolVersion(1, minor), [], default);
            Assert.IsType<DaemonMessage.Last>(await client.LastAsync());
            return client;
        }

        private async Task ServeAsync(DaemonServer server, bool isTrusted, CancellationToken stopping)
        {
            await Task.Yield();
            await using var output = _toClient.Writer.AsStream();
            await server.ServeAsync(_toServer.Reader.AsStream(), output, isTrusted, stopping);
        }

        public async Task AskAsync(WorkerOperation operation, Action<WireWriter> write)
        {
            Writer.WriteNumber((ulong)operation);
            write(Writer);
            await Writer.FlushAsync(default);
        }

        /// <summary>Sends the first bytes of a NAR, and its end if that is all.</summary>
        public async Task SendNarAsync(PathInfo info, byte[] nar, int count)
        {
            await AskAsync(WorkerOperation.AddToStoreNar, writer => new AddNarRequest(info, false, CheckSignatures: false).Write(writer));
            if (Handshake.Version >= new ProtocolVersion(1, 23))
            {
                using var frames = new FrameWriter(Writer);
                await frames.WriteAsync(nar.AsMemory(0, count));
                await (count == nar.Length || count == 0 ? frames.CompleteAsync(default).AsTask() : frames.FlushAsync(default));
                return;
            }

            for (var sent = 0; sent < count;)
            {
                var wanted = Assert.IsType<DaemonMessage.Read>(await Reader.ReadMessageAsync(default));
                var piece = (int)Math.Min(Math.Min(wanted.Count, 1000), count - sent);
                Writer.WriteBytes(nar.AsSpan(sent, piece));
                await Writer.FlushAsync(default);
                sent += piece;
            }
        }

        public async Task<DaemonMessage> LastAsync()
        {
            while (true)
            {
                if (await Reader.ReadMessageAsync(default) is (DaemonMessage.Last or DaemonMessage.Error) and var last)
                {
                    return last;
                }
            }
        }

        public async Task HangUpAsync() => await _toServer.Writer.CompleteAsync();

        public async ValueTask DisposeAsync()
        {
            await HangUpAsync();
            try
            {
                await Serving.WaitAsync(TimeSpan.FromSeconds(30));
            }
            catch (NixException)
            {
                // Tests that are about it look at it themselves.
            }

            Reader.Dispose();
            Writer.Dispose();
        }
    }
}
