using Newtonsoft.Json.Linq;
using NixSharp.Derivations;
using NixSharp.Hashing;
using NixSharp.Processes;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Stores.Protocol;
using NixSharp.Testing;
using Xunit;
using static NixSharp.Core.Tests.Stores.Protocol.RecordedJson;

namespace NixSharp.Core.Tests.Stores.Protocol;

/// <summary>
/// What Nix 2.8.0's daemon has said to real clients is said to ours, which has to ask with the same bytes and to understand
/// the answers. Left out is what our client asks in other ways: IsValidPath, BuildPaths, and AddToStore but for texts.
/// </summary>
public sealed class ReplayedDaemonTests : IDisposable
{
    private const string Recordings = "generated-nix-2.8.0/daemon-1.34";
    private static readonly ProtocolVersion Version = new(1, 34);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresTheory(Requirements.Golden)]
    [InlineData("add-flat.0", 1)]
    [InlineData("add-rec-sha1.0", 1)]
    [InlineData("add-root.0", 3)]
    [InlineData("all.0", 4)]
    [InlineData("build-app.0", 7)]
    [InlineData("build-ca.0", 4)]
    [InlineData("build-check.0", 6)]
    [InlineData("build-fail.0", 3)]
    [InlineData("build-fail-results.0", 3)]
    [InlineData("build-phases.0", 2)]
    [InlineData("copy-in.0", 2)]
    [InlineData("copy-out.0", 3)]
    [InlineData("delete.0", 1)]
    [InlineData("delete-live.0", 1)]
    [InlineData("derivers.0", 1)]
    [InlineData("dry-run.0", 5)]
    [InlineData("export.0", 2)]
    [InlineData("hashpart.0", 1)]
    [InlineData("instantiate.0", 2)]
    [InlineData("make-ca.0", 3)]
    [InlineData("make-ca.1", 2)]
    [InlineData("optimise.0", 1)]
    [InlineData("outputs.0", 1)]
    [InlineData("pathinfo.0", 3)]
    [InlineData("pathinfo-invalid.0", 2)]
    [InlineData("pathinfo-invalid.1", 1)]
    [InlineData("print-dead.0", 1)]
    [InlineData("print-roots.0", 1)]
    [InlineData("referrers.0", 2)]
    [InlineData("referrers-closure.0", 4)]
    [InlineData("requisites.0", 2)]
    [InlineData("sign.0", 3)]
    [InlineData("verify.0", 1)]
    [InlineData("verify-path.0", 1)]
    public async Task Our_client_asks_what_was_recorded_and_understands_the_answer(string name, int questions)
    {
        var client = await File.ReadAllBytesAsync(GoldenData.PathOf($"{Recordings}/{name}.c2s.bin"));
        var daemon = await File.ReadAllBytesAsync(GoldenData.PathOf($"{Recordings}/{name}.s2c.bin"));
        var messages = GoldenData.ReadJson($"{Recordings}/{name}.json")["messages"]!;
        var (current, replayed) = (messages[0]!, 0);
        await using (var fake = new FakeDaemon(_folder["socket"], ReplayAsync))
        {
            using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            await using var store = await DaemonStore.OpenAsync(new StoreReference(StoreKind.Daemon, fake.Socket), null, Version, stop.Token);
            Assert.Equal("2.8.0", (await store.GetDaemonInfoAsync(stop.Token)).Program);
            foreach (var message in messages.Skip(1))
            {
                Volatile.Write(ref current, message);
                using var said = Wire.ReaderOf(Slice(client, message["c2s"]!)[sizeof(ulong)..], Version);
                await AskAsync(store, message, said, stop.Token);
            }
        }

        Assert.Equal(questions, replayed);

        async Task ReplayAsync(FakeConnection connection)
        {
            connection.Writer.WriteRaw(Slice(daemon, messages[0]!["s2c"]!));
            await connection.Writer.FlushAsync(connection.Stop);
            await ExpectAsync(connection, Slice(client, messages[0]!["c2s"]!));
            connection.Reader.Version = connection.Writer.Version = Version;
            while (true)
            {
                var operation = await connection.ReadOperationAsync();
                var message = Volatile.Read(ref current);
                if (operation != (WorkerOperation)(int)message["opcode"]!)
                {
                    await AnswerAsideAsync(connection, operation);
                    continue;
                }

                await ExpectAsync(connection, Slice(client, message["c2s"]!)[sizeof(ulong)..]);
                replayed++;
                connection.Writer.WriteRaw(Slice(daemon, message["s2c"]!));
                await connection.Writer.FlushAsync(connection.Stop);
            }
        }
    }

    private static byte[] Slice(byte[] bytes, JToken range) => bytes[(int)range[0]!..(int)range[1]!];

    private static async Task ExpectAsync(FakeConnection connection, byte[] expected)
    {
        var asked = new byte[expected.Length];
        await new WireStream(connection.Reader).ReadExactlyAsync(asked, connection.Stop);
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(asked));
    }

    /// <summary>Answers what our client asks besides: what is valid before it adds, deletes or verifies, and how large what is dead is.</summary>
    private static async Task AnswerAsideAsync(FakeConnection connection, WorkerOperation operation)
    {
        var (reader, writer, stop) = (connection.Reader, connection.Writer, connection.Stop);
        writer.WriteMessage(DaemonMessage.Last.Instance);
        switch (operation)
        {
            case WorkerOperation.QueryPathInfo:
                var path = await reader.ReadPathAsync(stop);
                writer.WriteOptionalPathInfo(new PathInfo { Path = path, NarHash = NixHash.Compute(NixHashAlgorithm.Sha256, "nar"u8), NarSize = 3 });
                break;
            case WorkerOperation.QueryValidPaths:
                await reader.ReadPathsAsync(stop);
                await reader.ReadBooleanAsync(stop);
                writer.WritePaths([]);
                break;
            default:
                Assert.Equal(WorkerOperation.QueryAllValidPaths, operation);
                writer.WritePaths([]);
                break;
        }

        await writer.FlushAsync(stop);
    }

    /// <summary>Asks what a recorded client has asked, if ours asks such things, and compares the answer.</summary>
    private static async Task AskAsync(DaemonStore store, JToken message, WireReader said, CancellationToken stop)
    {
        var (operation, request) = ((string)message["op"]!, message["request"]!);
        var (response, log) = (message["response"], message["stderr"]!);
        switch (operation)
        {
            case "QueryPathInfo":
                Same(response!, JsonOfAnswer(await store.QueryPathInfoAsync(PathOf(request["arg"]!), stop)), operation);
                break;
            case "QueryAllValidPaths":
                Same(response!, JsonOf(await store.ListAsync(stop)), operation);
                break;
            case "QueryValidPaths":
                Same(response!, JsonOf(await store.QueryValidPathsAsync(PathsOf(request["paths"]!), (int)request["substitute"]! == 1, stop)), operation);
                break;
            case "QueryReferrers":
                Same(response!, JsonOf(await store.QueryReferrersAsync(PathOf(request["arg"]!), stop)), operation);
                break;
            case "QueryDerivationOutputMap":
                Same(response!, JsonOf(await store.QueryDerivationOutputsAsync(PathOf(request["arg"]!), stop)), operation);
                break;
            case "QueryMissing":
                Same(response!, JsonOf(await store.QueryMissingAsync(DerivedPathsOf(request), cancellationToken: stop)), operation);
                break;
            case "FindRoots":
                Same(response!, JsonOf(await store.FindRootsAsync(stop)), operation);
                break;
            case "EnsurePath":
                await store.EnsurePathAsync(PathOf(request["arg"]!), stop);
                break;
            case "AddTempRoot":
                await store.AddTemporaryRootAsync(PathOf(request["arg"]!), stop);
                break;
            case "AddIndirectRoot":
                await store.AddIndirectRootAsync((string)request["arg"]!, stop);
                break;
            case "AddSignatures":
                await store.AddSignaturesAsync(PathOf(request["path"]!), [.. request["sigs"]!.Select(static signature => (string)signature!)], stop);
                break;
            case "AddToStore":
                var text = await AddToStoreRequest.ReadAsync(said, stop);
                if (text.Method == ContentAddressMethod.Text)
                {
                    var contents = ByteText.FromBytes((await ReadFramesAsync(said)).Body);
                    Assert.Equal(PathOf(response!["path"]!), await store.AddTextAsync(text.Name, contents, text.References, stop));
                }

                break;
            case "AddToStoreNar":
                var add = await AddNarRequest.ReadAsync(said, stop);
                using (var nar = new MemoryStream((await ReadFramesAsync(said)).Body))
                {
                    await store.AddNarAsync(add.Info, nar, new AddNarOptions { Repair = add.Repair, CheckSignatures = add.CheckSignatures }, stop);
                }

                break;
            case "AddMultipleToStore":
                await AddNarsAsync(store, said, stop);
                break;
            case "BuildPathsWithResults":
                await BuildAsync(store, message, stop);
                break;
            case "OptimiseStore":
                Assert.Equal(log.Count(static line => IsResult(line, NixResultType.FileLinked)), (await store.OptimiseAsync(cancellationToken: stop)).FilesLinked);
                break;
            case "VerifyStore":
                Assert.True((await store.VerifyAsync(cancellationToken: stop)).IsSound);
                break;
            case "CollectGarbage" when (GarbageAction)(int)request["action"]! == GarbageAction.ReturnDead:
                Same(response!["paths"]!, JsonOf((await store.CollectGarbageAsync(new GarbageOptions { DryRun = true }, stop)).Paths), operation);
                break;
            case "CollectGarbage" when log.Last!["msg"] is { } failure:
                var error = await Assert.ThrowsAsync<NixStoreException>(() => store.DeleteAsync(PathOf(request["pathsToDelete"]![0]!), stop));
                Assert.Equal(NixErrorCodes.PathInUse, error.Code);
                Assert.Contains(TerminalText.Strip((string)failure!), error.Message, StringComparison.Ordinal);
                break;
            case "CollectGarbage":
                await store.DeleteAsync(PathOf(request["pathsToDelete"]![0]!), stop);
                break;
        }
    }

    private static async Task AddNarsAsync(DaemonStore store, WireReader said, CancellationToken stop)
    {
        var (repair, trust) = (await said.ReadBooleanAsync(stop), await said.ReadBooleanAsync(stop));
        using var body = Wire.ReaderOf((await ReadFramesAsync(said)).Body, Version);
        var nars = new List<NarSource>();
        for (var left = await body.ReadSizeAsync(stop); left > 0; left--)
        {
            var info = await body.ReadPathInfoAsync(stop, PathInfoWire.EntryVersion);
            var nar = new byte[info.NarSize];
            await new WireStream(body).ReadExactlyAsync(nar, stop);
            nars.Add(new NarSource(info, (stream, token) => stream.WriteAsync(nar, token).AsTask()));
        }

        await store.AddNarsAsync(nars, new AddNarOptions { Repair = repair, CheckSignatures = !trust }, stop);
    }

    private static async Task BuildAsync(DaemonStore store, JToken message, CancellationToken stop)
    {
        var lines = new List<string>();
        var options = new BuildOptions
        {
            Mode = (BuildMode)(int)message["request"]!["buildMode"]!,
            Log = line => lines.AddRange(line.Derivation is null ? [] : [line.Text]),
        };
        var results = await store.BuildAsync(DerivedPathsOf(message["request"]!), options, stop);
        var expected = (JArray)message["response"]!.DeepClone();
        foreach (var result in expected)
        {
            result["errorMsg"] = TerminalText.Strip((string)result["errorMsg"]!);
        }

        Same(new JArray(expected.OrderBy(static result => (string)result["path"]!, StringComparer.Ordinal)), new JArray(results.Select(JsonOf).OrderBy(static result => (string)result["path"]!, StringComparer.Ordinal)), "results");
        Assert.Equal(message["stderr"]!.Where(static line => IsResult(line, NixResultType.BuildLogLine)).Select(static line => (string)line["fields"]![0]!), lines);
    }

    private static bool IsResult(JToken line, NixResultType type) => (string)line["t"]! == "STDERR_RESULT" && (int)line["type"]! == (int)type;

    private static StorePath PathOf(JToken path) => StorePath.Parse((string)path!);

    private static List<StorePath> PathsOf(JToken paths) => [.. paths.Select(PathOf)];

    private static List<DerivedPath> DerivedPathsOf(JToken request) => [.. request["derivedPaths"]!.Select(static path => DerivedPath.ParseLegacy((string)path!))];
}
