using System.Net.Sockets;
using System.Text;
using NixSharp.Derivations;
using NixSharp.Hashing;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Stores.Protocol;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Stores.Protocol;

/// <summary>What a client makes of daemons that die, lie, or say what nobody understands.</summary>
public sealed class HostileDaemonTests : IDisposable
{
    private static readonly StorePath Asked = StorePath.ParseBaseName($"{new string('s', 32)}-asked");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task No_socket_and_a_socket_that_nobody_listens_to_are_told_apart()
    {
        var nothing = await Assert.ThrowsAsync<NixStoreException>(() => NixStore.OpenAsync($"unix://{_folder["none"]}"));
        Assert.Equal(NixErrorCodes.DaemonUnreachable, nothing.Code);
        Assert.Contains("there is no such socket", nothing.Message, StringComparison.Ordinal);
        var tooLong = await Assert.ThrowsAsync<NixStoreException>(() => NixStore.OpenAsync($"unix://{_folder[new string('x', 200)]}"));
        Assert.Contains("longer than a socket's may be", tooLong.Message, StringComparison.Ordinal);
        using var deaf = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        deaf.Bind(new UnixDomainSocketEndPoint(_folder["socket"]));
        var left = await Assert.ThrowsAsync<NixStoreException>(OpenAsync);
        Assert.Equal(NixErrorCodes.DaemonUnreachable, left.Code);
        Assert.Contains("nobody listens there", left.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Greetings_that_are_none_are_refused()
    {
        Func<FakeConnection, Task> serve = static _ => Task.CompletedTask;
        await using var daemon = Start(connection => serve(connection));
        Assert.Equal(NixErrorCodes.DaemonConnectionLost, await CodeOfAsync(OpenAsync));

        serve = connection => SendAsync(connection, static writer => writer.WriteString("HTTP/1.1 400 Bad Request"));
        Assert.Equal(NixErrorCodes.DaemonProtocol, await CodeOfAsync(OpenAsync));

        serve = connection => SendAsync(connection, static writer => { writer.WriteNumber(WireFormat.DaemonMagic); writer.WriteNumber(0x10a); });
        var old = await Assert.ThrowsAsync<NixStoreException>(OpenAsync);
        Assert.Equal(NixErrorCodes.DaemonTooOld, old.Code);
        Assert.Contains("1.10", old.Message, StringComparison.Ordinal);

        serve = connection => SendAsync(connection, static writer => { writer.WriteNumber(WireFormat.DaemonMagic); writer.WriteNumber(0x226); });
        Assert.Equal(NixErrorCodes.DaemonTooOld, await CodeOfAsync(OpenAsync));

        serve = connection => SendAsync(connection, static writer => { writer.WriteNumber(WireFormat.DaemonMagic); writer.WriteNumber(ulong.MaxValue); });
        Assert.Equal(NixErrorCodes.DaemonProtocol, await CodeOfAsync(OpenAsync));
    }

    [RequiresFact(Requirements.Golden)]
    public async Task A_recorded_greeting_that_is_cut_off_or_damaged_anywhere_is_refused()
    {
        var greeting = await File.ReadAllBytesAsync(GoldenData.PathOf("nixos-nix/src/libstore-tests/data/worker-protocol/handshake-to-client.bin"));
        for (var length = 0; length < greeting.Length; length++)
        {
            await Assert.ThrowsAsync<EndOfStreamException>(() => GreetAsync(greeting[..length]));
        }

        for (var at = 0; at < 8; at++)
        {
            var damaged = (byte[])greeting.Clone();
            damaged[at] ^= 1;
            await Assert.ThrowsAsync<NixFormatException>(() => GreetAsync(damaged));
        }

        async Task GreetAsync(byte[] bytes)
        {
            using var reader = Wire.ReaderOf(bytes);
            using var writer = new WireWriter(Stream.Null);
            await Handshake.AsClientAsync(reader, writer, ProtocolVersion.Newest, [], default);
        }
    }

    [Fact]
    public async Task Nonsense_in_the_place_of_an_answer_is_refused_and_the_next_question_gets_a_new_connection()
    {
        Action<WireWriter> answer = static _ => { };
        await using var daemon = Start(async connection =>
        {
            await connection.GreetAsync();
            while (true)
            {
                await connection.ReadOperationAsync();
                await connection.Reader.ReadPathAsync(connection.Stop);
                await SendAsync(connection, answer);
            }
        });
        await using var store = await OpenAsync();
        foreach (var (write, expected) in ((Action<WireWriter>, string)[])
        [
            (static writer => writer.WriteNumber(42), "nothing that a daemon says"),
            (static writer => writer.WriteMessage(new DaemonMessage.Read(100)), "does not belong to the request"),
            (static writer => writer.WriteMessage(new DaemonMessage.Write(new byte[100])), "does not belong to the request"),
            (static writer => { writer.WriteMessage(DaemonMessage.Last.Instance); writer.WriteNumber(2); }, "neither yes nor no"),
            (static writer => { writer.WriteMessage(DaemonMessage.Last.Instance); writer.WriteNumber(1); writer.WriteString("/elsewhere/x"); }, "not a store path"),
            (static writer => { writer.WriteMessage(DaemonMessage.Last.Instance); writer.WriteNumber(1); writer.WriteNumber(ulong.MaxValue); }, "bytes stands where"),
            (static writer => { writer.WriteMessage(DaemonMessage.Last.Instance); writer.WriteNumber(1); writer.WriteString(""); writer.WriteString(new string('0', 64)); writer.WriteNumber(1UL << 40); }, "a list of"),
        ])
        {
            answer = write;
            var before = daemon.Connections;
            var error = await Assert.ThrowsAsync<NixStoreException>(() => store.QueryPathInfoAsync(Asked));
            Assert.Equal(NixErrorCodes.DaemonProtocol, error.Code);
            Assert.Contains(expected, error.Message, StringComparison.Ordinal);
            answer = static writer => { writer.WriteMessage(DaemonMessage.Last.Instance); writer.WriteNumber(0); };
            Assert.Null(await store.QueryPathInfoAsync(Asked));
            Assert.Equal(before + 1, daemon.Connections);
        }
    }

    [Fact]
    public async Task An_error_that_comes_twice_is_reported_once()
    {
        await using var daemon = Start(async connection =>
        {
            await connection.GreetAsync();
            await connection.ReadOperationAsync();
            await connection.Reader.ReadPathAsync(connection.Stop);
            if (connection.Number == 1)
            {
                var error = new DaemonMessage.Error(new DaemonError("\u001b[31;1mno\u001b[0m idea") { Traces = ["while thinking"] });
                await connection.SayAsync(error, error);
                return;
            }

            await SendAsync(connection, static writer => { writer.WriteMessage(DaemonMessage.Last.Instance); writer.WriteNumber(0); });
        });
        await using var store = await OpenAsync();
        var error = await Assert.ThrowsAsync<NixStoreException>(() => store.QueryPathInfoAsync(Asked));
        Assert.Equal(NixErrorCodes.DaemonFailed, error.Code);
        Assert.Contains("while thinking\nno idea.", error.Message, StringComparison.Ordinal);
        Assert.Null(await store.QueryPathInfoAsync(Asked));
    }

    [Fact]
    public async Task Whoever_is_cancelled_does_not_wait_for_a_silent_daemon()
    {
        await using var daemon = Start(static async connection =>
        {
            await connection.GreetAsync();
            await Task.Delay(Timeout.Infinite, connection.Stop);
        });
        await using var store = await OpenAsync();
        using var stop = new CancellationTokenSource(100);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.QueryPathInfoAsync(Asked, stop.Token));
        using var endless = new CancellationTokenSource(100);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.BuildAsync([DerivedPath.Of(Asked)], cancellationToken: endless.Token));
    }

    [Fact]
    public async Task A_NAR_that_ends_early_or_is_another_one_is_refused()
    {
        var nar = Encoding.ASCII.GetBytes(new string('n', 50_000));
        var info = new PathInfo { Path = Asked, NarHash = NixHash.Compute(NixHashAlgorithm.Sha256, nar), NarSize = nar.Length };
        var dies = true;
        Action<WireWriter> send = static _ => { };
        await using var daemon = Start(async connection =>
        {
            await connection.GreetAsync();
            while (true)
            {
                var operation = await connection.ReadOperationAsync();
                await connection.Reader.ReadPathAsync(connection.Stop);
                connection.Writer.WriteMessage(DaemonMessage.Last.Instance);
                if (operation == WorkerOperation.QueryPathInfo)
                {
                    connection.Writer.WriteOptionalPathInfo(info);
                    await connection.Writer.FlushAsync(connection.Stop);
                    continue;
                }

                // As Nix does: what goes wrong while a NAR is sent comes in the middle of it.
                await SendAsync(connection, send);
                if (dies)
                {
                    return;
                }
            }
        });
        await using var store = await OpenAsync();
        send = writer => { writer.WriteRaw(nar.AsSpan(0, 40_000)); writer.WriteMessage(new DaemonMessage.Error(new DaemonError("no such file"))); };
        Assert.Equal(NixErrorCodes.DaemonConnectionLost, await CodeOfAsync(() => store.ReadNarAsync(Asked, Stream.Null)));
        send = writer => { writer.WriteRaw(nar.AsSpan(0, 49_900)); writer.WriteMessage(new DaemonMessage.Error(new DaemonError("no such file, and many words of it"))); };
        Assert.Equal(NixErrorCodes.NarMismatch, await CodeOfAsync(() => store.ReadNarAsync(Asked, Stream.Null)));
        (dies, send) = (false, writer => writer.WriteRaw(nar));
        using var received = new MemoryStream();
        await store.ReadNarAsync(Asked, received);
        Assert.Equal(nar, received.ToArray());
        await Assert.ThrowsAsync<InvalidDataException>(() => store.ReadNarAsync(Asked, new FullStream()));
    }

    [Fact]
    public async Task A_daemon_that_talks_while_it_is_sent_something_does_not_block()
    {
        var nar = new byte[4 * 1024 * 1024];
        var info = new PathInfo { Path = Asked, NarHash = NixHash.Compute(NixHashAlgorithm.Sha256, nar), NarSize = nar.Length };
        var taken = 0L;
        await using var daemon = Start(async connection =>
        {
            await connection.GreetAsync();
            while (await connection.ReadOperationAsync() is var operation)
            {
                if (operation == WorkerOperation.QueryValidPaths)
                {
                    await connection.Reader.ReadPathsAsync(connection.Stop);
                    await connection.Reader.ReadBooleanAsync(connection.Stop);
                    await SendAsync(connection, static writer => { writer.WriteMessage(DaemonMessage.Last.Instance); writer.WriteNumber(0); });
                    continue;
                }

                // It reads nothing until all that it has to say, which is more than any buffer holds, is taken.
                await AddNarRequest.ReadAsync(connection.Reader, connection.Stop);
                for (var i = 0; i < 1000; i++)
                {
                    await connection.SayAsync(new DaemonMessage.Next(new string('x', 10_000)));
                }

                await using var frames = new FrameReader(connection.Reader);
                var block = new byte[100_000];
                for (var count = await frames.ReadAsync(block); count > 0; count = await frames.ReadAsync(block))
                {
                    taken += count;
                }

                await connection.SayAsync(DaemonMessage.Last.Instance);
            }
        });
        await using var store = await OpenAsync();
        await store.AddNarAsync(info, new MemoryStream(nar)).WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(nar.Length, taken);
    }

    [Fact]
    public async Task Connections_are_kept_shared_and_given_up_with_age()
    {
        await using var daemon = Start(static async connection =>
        {
            await connection.GreetAsync();
            await connection.AnswerPathQuestionsAsync();
        });
        await using (var store = await OpenAsync("?max-connections=2"))
        {
            await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => store.QueryPathInfoAsync(Asked)));
            Assert.InRange(daemon.Connections, 1, 2);
        }

        var before = daemon.Connections;
        await using (var store = await OpenAsync("?max-connection-age=0"))
        {
            await store.QueryPathInfoAsync(Asked);
            await store.QueryPathInfoAsync(Asked);
            Assert.Equal(before + 3, daemon.Connections);
        }
    }

    [Fact]
    public async Task A_connection_that_the_daemon_closed_in_between_is_not_used_again()
    {
        await using var daemon = Start(static async connection =>
        {
            await connection.GreetAsync();
            if (connection.Number > 1)
            {
                await connection.AnswerPathQuestionsAsync();
            }
        });
        await using var store = await OpenAsync();

        // The end of the first connection takes a moment to arrive, in which a question to it fails.
        for (var attempt = 0; attempt < 200 && daemon.Connections == 1; attempt++)
        {
            try
            {
                Assert.Null(await store.QueryPathInfoAsync(Asked));
            }
            catch (NixStoreException error)
            {
                Assert.Equal(NixErrorCodes.DaemonConnectionLost, error.Code);
            }
        }

        Assert.Null(await store.QueryPathInfoAsync(Asked));
        Assert.Equal(2, daemon.Connections);
    }

    private FakeDaemon Start(Func<FakeConnection, Task> serve) => new(_folder["socket"], serve);

    private Task<DaemonStore> OpenAsync() => OpenAsync("");

    private async Task<DaemonStore> OpenAsync(string parameters) => (DaemonStore)await NixStore.OpenAsync($"unix://{_folder["socket"]}{parameters}");

    private static async Task<string> CodeOfAsync(Func<Task> action) => (await Assert.ThrowsAsync<NixStoreException>(action)).Code;

    private static async Task SendAsync(FakeConnection connection, Action<WireWriter> write)
    {
        write(connection.Writer);
        await connection.Writer.FlushAsync(connection.Stop);
    }

    private sealed class FullStream : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => throw new InvalidDataException();
    }
}
