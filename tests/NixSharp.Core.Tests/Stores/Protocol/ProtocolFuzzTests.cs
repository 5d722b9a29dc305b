using NixSharp.Derivations;
using NixSharp.Hashing;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Stores.Protocol;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Stores.Protocol;

public sealed class ProtocolFuzzTests
{
    private static readonly StorePath Path = StorePath.ParseBaseName($"{new string('s', 32)}-path");
    private static readonly StorePath Derivation = StorePath.ParseBaseName($"{new string('d', 32)}-path.drv");
    private static readonly NixHash Hash = NixHash.Compute(NixHashAlgorithm.Sha256, "hash"u8);

    private static readonly PathInfo Info = new()
    {
        Path = Path,
        NarHash = Hash,
        NarSize = 16,
        References = [Path],
        Deriver = Derivation,
        RegistrationTime = DateTimeOffset.UnixEpoch,
        Signatures = ["key:c2ln"],
        ContentAddress = ContentAddress.Text(Hash),
    };

    private static readonly BuildResult Result = new()
    {
        Path = DerivedPath.Of(Derivation, OutputsSpec.All),
        Status = BuildStatus.Built,
        ErrorMessage = "why",
        CpuUser = TimeSpan.FromSeconds(1),
        BuiltOutputs = new Dictionary<string, Realisation> { ["out"] = new() { Id = new DerivationOutputId(Hash, "out"), OutputPath = Path } },
    };

    [Fact]
    public Task Path_infos() => FuzzAsync(static writer => writer.WritePathInfo(Info), static reader => reader.ReadPathInfoAsync(default));

    [Fact]
    public Task Derived_paths() => FuzzAsync(static writer => writer.WriteDerivedPaths([Result.Path, DerivedPath.Of(Path)]), static reader => reader.ReadDerivedPathsAsync(default));

    [Fact]
    public async Task Results_of_builds()
    {
        await FuzzAsync(static writer => writer.WriteKeyedBuildResult(Result), static reader => reader.ReadKeyedBuildResultAsync(default), count: 1500);
        await FuzzAsync(static writer => writer.WriteKeyedBuildResult(Result), static reader => reader.ReadKeyedBuildResultAsync(default), 1500, WireFeatures.RealisationWithPath);
    }

    [Fact]
    public Task Derivations() => FuzzAsync(
        static writer => writer.WriteDerivation(new Derivation
        {
            Name = "path",
            System = "x86_64-linux",
            Builder = "/bin/sh",
            Arguments = ["-c", "true"],
            InputSources = [Path],
            Environment = new Dictionary<string, string> { ["out"] = "x" },
            Outputs = new Dictionary<string, DerivationOutput>
            {
                ["out"] = new DerivationOutput.InputAddressed(Path),
                ["fixed"] = new DerivationOutput.Fixed(ContentAddress.Fixed(FileIngestionMethod.Recursive, Hash)),
                ["floating"] = new DerivationOutput.Floating(ContentAddressMethod.Nar, NixHashAlgorithm.Sha256),
            },
        }),
        static reader => reader.ReadDerivationAsync("path", default));

    [Fact]
    public Task Messages_of_daemons() => FuzzAsync(
        static writer =>
        {
            writer.WriteMessage(new DaemonMessage.Next("text\n"));
            writer.WriteMessage(new DaemonMessage.StartActivity(1, 3, NixActivityType.Build, "building", [Path.ToString(), "", 1UL, 1UL], 0));
            writer.WriteMessage(new DaemonMessage.Result(1, NixResultType.BuildLogLine, ["line"]));
            writer.WriteMessage(new DaemonMessage.StopActivity(1));
            writer.WriteMessage(new DaemonMessage.Read(10));
            writer.WriteMessage(new DaemonMessage.Write([1, 2, 3]));
            writer.WriteMessage(new DaemonMessage.Error(new DaemonError("why") { Traces = ["where"] }));
            writer.WriteMessage(DaemonMessage.Last.Instance);
        },
        static reader => reader.ReadMessageAsync(default));

    [Fact]
    public async Task Requests()
    {
        var options = new ClientOptions { Overrides = new Dictionary<string, string> { ["cores"] = "1" } };
        await FuzzAsync(options.Write, static async reader => await ClientOptions.ReadAsync(reader, default), count: 1000);
        await FuzzAsync(new GarbageRequest { Action = GarbageAction.DeleteSpecific, Paths = [Path] }.Write, static async reader => await GarbageRequest.ReadAsync(reader, default), count: 1000);
        await FuzzAsync(new AddNarRequest(Info, true, true).Write, static async reader => await AddNarRequest.ReadAsync(reader, default), count: 1000);
        await FuzzAsync(
            new AddToStoreRequest { Name = "name", Method = ContentAddressMethod.Nar, Algorithm = NixHashAlgorithm.Sha1, References = [Path] }.Write,
            static async reader => await AddToStoreRequest.ReadAsync(reader, default),
            count: 1000);
        await FuzzAsync(static writer => writer.WriteSubstitutableRequest([Path]), static reader => reader.ReadSubstitutableRequestAsync(default), count: 1000);
    }

    [Fact]
    public async Task Answers()
    {
        await FuzzAsync(static writer => writer.WriteMissingPaths(new MissingPaths([Derivation], [Path], [], 1, 2)), static reader => reader.ReadMissingPathsAsync(default), count: 1000);
        await FuzzAsync(static writer => GarbageRequest.WriteResult(writer, new GarbageResult([Path], 1)), static async reader => await GarbageRequest.ReadResultAsync(reader, default), count: 1000);
        await FuzzAsync(static writer => writer.WriteRoots([new GcRoot(Path, "/root")]), static reader => reader.ReadRootsAsync(default), count: 1000);
        await FuzzAsync(static writer => writer.WriteOutputPaths(new Dictionary<string, StorePath?> { ["out"] = Path, ["dev"] = null }), static reader => reader.ReadOutputPathsAsync(default), count: 1000);
        await FuzzAsync(static writer => writer.WriteSubstitutable(new SubstitutablePathInfo(Path, null, [Path], 1, 2)), static reader => reader.ReadSubstitutableAsync(default), count: 1000);
    }

    [Fact]
    public async Task Greetings()
    {
        await FuzzAsync(
            static writer =>
            {
                writer.WriteNumber(WireFormat.DaemonMagic);
                writer.WriteNumber(ProtocolVersion.Newest.ToNumber());
                writer.WriteStringSet(["feature"]);
                writer.WriteString("2.26.3");
                writer.WriteTrust(true);
            },
            static async reader =>
            {
                using var writer = new WireWriter(Stream.Null);
                return await Handshake.AsClientAsync(reader, writer, ProtocolVersion.Newest, ["feature"], default);
            });
        await FuzzAsync(
            static writer =>
            {
                writer.WriteNumber(WireFormat.ClientMagic);
                writer.WriteNumber(ProtocolVersion.Newest.ToNumber());
                writer.WriteStringSet(["feature"]);
                writer.WriteNumber(0);
                writer.WriteNumber(0);
            },
            static async reader =>
            {
                using var writer = new WireWriter(Stream.Null);
                return await Handshake.AsDaemonAsync(reader, writer, new Handshake(ProtocolVersion.Newest), default);
            });
    }

    [Fact]
    public Task Frames() => FuzzAsync(
        static writer =>
        {
            foreach (var size in (int[])[8, 16, 0])
            {
                writer.WriteNumber((ulong)size);
                writer.WriteRaw(new byte[size]);
            }
        },
        static async reader =>
        {
            await using var frames = new FrameReader(reader);
            await frames.SkipRestAsync(default);
            return true;
        });

    private static async Task FuzzAsync<T>(Action<WireWriter> write, Func<WireReader, ValueTask<T>> read, int count = 3000, params string[] features)
    {
        var seed = await Wire.WriteAsync(write, null, features);
        Fuzz.Run<InvalidDataException>(
            [seed],
            bytes =>
            {
                try
                {
                    Wire.ReadAllAsync(bytes, read, null, features).GetAwaiter().GetResult();
                }
                catch (Exception error) when (error is NixException or EndOfStreamException)
                {
                    throw new InvalidDataException("Refused.", error);
                }
            },
            count);
    }
}
