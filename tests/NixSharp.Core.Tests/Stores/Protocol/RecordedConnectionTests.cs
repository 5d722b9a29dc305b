using Newtonsoft.Json.Linq;
using NixSharp.Hashing;
using NixSharp.StorePaths;
using NixSharp.Stores.Protocol;
using NixSharp.Testing;
using Xunit;
using static NixSharp.Core.Tests.Stores.Protocol.RecordedJson;

namespace NixSharp.Core.Tests.Stores.Protocol;

/// <summary>Connections between a client and a daemon of Nix 2.8.0: each side is read to the JSON beside it, and written to the same bytes.</summary>
public sealed class RecordedConnectionTests
{
    private const string Recordings = "generated-nix-2.8.0/daemon-1.34";
    private static readonly ProtocolVersion Version = new(1, 34);

    [RequiresFact(Requirements.Golden)]
    public async Task Both_sides_of_every_recording_are_read_and_written()
    {
        var files = Directory.EnumerateFiles(GoldenData.PathOf(Recordings), "*.json").Select(static file => Path.GetFileNameWithoutExtension(file)).ToList();
        Assert.InRange(files.Count, 30, int.MaxValue);
        foreach (var name in files)
        {
            await CheckAsync(name);
        }
    }

    private static async Task CheckAsync(string name)
    {
        var client = await File.ReadAllBytesAsync(GoldenData.PathOf($"{Recordings}/{name}.c2s.bin"));
        var daemon = await File.ReadAllBytesAsync(GoldenData.PathOf($"{Recordings}/{name}.s2c.bin"));
        using var said = Wire.ReaderOf(client);
        using var answered = Wire.ReaderOf(daemon);
        foreach (var message in GoldenData.ReadJson($"{Recordings}/{name}.json")["messages"]!)
        {
            var operation = (string)message["op"]!;
            var (from, back) = ((int)said.Position, (int)answered.Position);
            if (operation == "handshake")
            {
                await CheckGreetingAsync(said, answered, client, daemon);
            }
            else
            {
                Assert.Equal((ulong)(int)message["opcode"]!, await said.ReadNumberAsync(default));
                var request = await ReadRequestAsync(operation, said);
                Same(message["request"]!, request.Json, name);
                Assert.Equal(client[(from + 8)..(int)said.Position], await Wire.WriteAsync(request.Write, Version));
            }

            var log = new JArray();
            DaemonMessage last;
            do
            {
                var start = (int)answered.Position;
                last = await answered.ReadMessageAsync(default);
                log.Add(JsonOf(last));
                Assert.Equal(daemon[start..(int)answered.Position], await Wire.WriteAsync(writer => writer.WriteMessage(last), Version));
            }
            while (last is not (DaemonMessage.Last or DaemonMessage.Error));
            Same(message["stderr"]!, log, name);
            if (operation != "handshake" && last is DaemonMessage.Last)
            {
                var start = (int)answered.Position;
                var response = await ReadResponseAsync(operation, answered);
                Same(message["response"]!, response.Json, name);
                Assert.Equal(daemon[start..(int)answered.Position], await Wire.WriteAsync(response.Write, Version));
            }

            Same(message["c2s"]!, new JArray(from, said.Position), name);
            Same(message["s2c"]!, new JArray(back, answered.Position), name);
        }

        Assert.Equal((client.Length, daemon.Length), (said.Position, answered.Position));
    }

    private static async Task CheckGreetingAsync(WireReader said, WireReader answered, byte[] client, byte[] daemon)
    {
        using var answers = new MemoryStream();
        using var answering = new WireWriter(answers);
        var agreed = await Handshake.AsDaemonAsync(said, answering, new Handshake(Version) { DaemonVersion = "2.8.0" }, default);
        await answering.FlushAsync(default);
        Assert.Equal(Version, agreed.Version);

        using var questions = new MemoryStream();
        using var asking = new WireWriter(questions);
        Assert.Equal("2.8.0", (await Handshake.AsClientAsync(answered, asking, Version, [], default)).DaemonVersion);
        Assert.Equal(client[..(int)said.Position], questions.ToArray());
        Assert.Equal(daemon[..(int)answered.Position], answers.ToArray());
    }

    private sealed record Part(JToken Json, Action<WireWriter> Write);

    private static async Task<Part> ReadRequestAsync(string operation, WireReader reader)
    {
        switch (operation)
        {
            case "QueryAllValidPaths" or "FindRoots" or "OptimiseStore":
                return new Part(new JObject(), static _ => { });
            case "SetOptions":
                var options = await ClientOptions.ReadAsync(reader, default);
                return new Part(JsonOf(options), options.Write);
            case "AddToStore":
                var add = await AddToStoreRequest.ReadAsync(reader, default);
                var (sizes, body) = await ReadFramesAsync(reader);
                return new Part(
                    new JObject
                    {
                        ["name"] = add.Name,
                        ["contentAddressMethod"] = add.Method == ContentAddressMethod.Text ? $"text:{add.Algorithm.GetName()}" : $"fixed:{add.Method.GetPrefix()}{add.Algorithm.GetName()}",
                        ["references"] = JsonOf(add.References),
                        ["repair"] = add.Repair ? 1 : 0,
                        ["framedBytes"] = body.Length,
                        ["frameSizes"] = sizes,
                    },
                    writer => { add.Write(writer); WriteFrames(writer, sizes, body); });
            case "AddToStoreNar":
                var nar = await AddNarRequest.ReadAsync(reader, default);
                (sizes, body) = await ReadFramesAsync(reader);
                var json = JsonOf(nar.Info);
                (json["repair"], json["dontCheckSigs"], json["framedBytes"], json["frameSizes"]) = (nar.Repair ? 1 : 0, nar.CheckSignatures ? 0 : 1, body.Length, sizes);
                return new Part(json, writer => { nar.Write(writer); WriteFrames(writer, sizes, body); });
            case "AddMultipleToStore":
                var (repair, trust) = (await reader.ReadBooleanAsync(default), await reader.ReadBooleanAsync(default));
                (sizes, body) = await ReadFramesAsync(reader);
                return new Part(
                    new JObject { ["repair"] = repair ? 1 : 0, ["dontCheckSigs"] = trust ? 1 : 0, ["frameSizes"] = sizes, ["count"] = BitConverter.ToInt64(body), ["entries"] = await ReadEntriesAsync(body) },
                    writer => { writer.WriteBoolean(repair); writer.WriteBoolean(trust); WriteFrames(writer, sizes, body); });
            case "QueryMissing":
                var derived = await reader.ReadDerivedPathsAsync(default);
                return new Part(new JObject { ["derivedPaths"] = new JArray(derived.Select(static path => path.ToLegacyString())) }, writer => writer.WriteDerivedPaths(derived));
            case "BuildPaths" or "BuildPathsWithResults":
                var (paths, mode) = await BuildRequest.ReadAsync(reader, default);
                return new Part(
                    new JObject { ["derivedPaths"] = new JArray(paths.Select(static path => path.ToLegacyString())), ["buildMode"] = (int)mode },
                    writer => BuildRequest.Write(writer, paths, mode));
            case "QueryValidPaths":
                var (set, substitute) = (await reader.ReadPathsAsync(default), await reader.ReadBooleanAsync(default));
                return new Part(new JObject { ["paths"] = JsonOf(set), ["substitute"] = substitute ? 1 : 0 }, writer => { writer.WritePaths(set); writer.WriteBoolean(substitute); });
            case "CollectGarbage":
                var garbage = await GarbageRequest.ReadAsync(reader, default);
                return new Part(
                    new JObject { ["action"] = (int)garbage.Action, ["pathsToDelete"] = JsonOf(garbage.Paths), ["ignoreLiveness"] = garbage.IgnoreLiveness ? 1 : 0, ["maxFreed"] = garbage.MaxFreed, ["obsolete"] = new JArray(0, 0, 0) },
                    garbage.Write);
            case "AddSignatures":
                var (signed, signatures) = (await reader.ReadPathAsync(default), await reader.ReadNamesAsync(default));
                return new Part(new JObject { ["path"] = signed.ToString(), ["sigs"] = new JArray(signatures) }, writer => { writer.WritePath(signed); writer.WriteStringSet(signatures); });
            case "VerifyStore":
                var (contents, fix) = (await reader.ReadBooleanAsync(default), await reader.ReadBooleanAsync(default));
                return new Part(new JObject { ["checkContents"] = contents ? 1 : 0, ["repair"] = fix ? 1 : 0 }, writer => { writer.WriteBoolean(contents); writer.WriteBoolean(fix); });
            case "AddIndirectRoot" or "QueryPathFromHashPart":
                var text = await reader.ReadNameAsync(default);
                return new Part(new JObject { ["arg"] = text }, writer => writer.WriteString(text));
            default:
                var path = await reader.ReadPathAsync(default);
                return new Part(new JObject { ["arg"] = path.ToString() }, writer => writer.WritePath(path));
        }
    }

    private static async Task<Part> ReadResponseAsync(string operation, WireReader reader)
    {
        switch (operation)
        {
            case "SetOptions" or "AddToStoreNar" or "AddMultipleToStore":
                return new Part(JValue.CreateNull(), static _ => { });
            case "AddToStore":
                var added = await reader.ReadPathInfoAsync(default);
                return new Part(JsonOf(added), writer => writer.WritePathInfo(added));
            case "QueryPathInfo":
                var path = StorePath.ParseBaseName($"{new string('s', 32)}-asked");
                var info = await reader.ReadOptionalPathInfoAsync(path, default);
                return new Part(JsonOfAnswer(info), writer => writer.WriteOptionalPathInfo(info));
            case "QueryMissing":
                var missing = await reader.ReadMissingPathsAsync(default);
                return new Part(JsonOf(missing), writer => writer.WriteMissingPaths(missing));
            case "BuildPathsWithResults":
                var results = await reader.ReadListAsync(reader.ReadKeyedBuildResultAsync, default);
                return new Part(new JArray(results.Select(JsonOf)), writer => writer.WriteList(results, writer.WriteKeyedBuildResult));
            case "QueryDerivationOutputMap":
                var outputs = await reader.ReadOutputPathsAsync(default);
                return new Part(JsonOf(outputs), writer => writer.WriteOutputPaths(outputs));
            case "QueryAllValidPaths" or "QueryValidPaths" or "QueryReferrers" or "QueryValidDerivers":
                var paths = await reader.ReadPathsAsync(default);
                return new Part(JsonOf(paths), writer => writer.WritePaths(paths));
            case "CollectGarbage":
                var garbage = await GarbageRequest.ReadResultAsync(reader, default);
                return new Part(new JObject { ["paths"] = JsonOf(garbage.Paths), ["bytesFreed"] = garbage.BytesFreed, ["obsolete"] = 0 }, writer => GarbageRequest.WriteResult(writer, garbage));
            case "FindRoots":
                var roots = await reader.ReadRootsAsync(default);
                return new Part(JsonOf(roots), writer => writer.WriteRoots(roots));
            case "QueryPathFromHashPart":
                var found = await reader.ReadOptionalPathAsync(default);
                return new Part(found?.ToString() ?? "", writer => writer.WriteOptionalPath(found));
            default:
                var number = await reader.ReadNumberAsync(default);
                return new Part(number, writer => writer.WriteNumber(number));
        }
    }

    private static void WriteFrames(WireWriter writer, JArray sizes, byte[] body)
    {
        var start = 0;
        foreach (var size in sizes.Select(static size => (int)size))
        {
            writer.WriteNumber((ulong)size);
            writer.WriteRaw(body.AsSpan(start, size));
            start += size;
        }

        writer.WriteNumber(0);
    }

    private static async Task<JArray> ReadEntriesAsync(byte[] body)
    {
        using var reader = Wire.ReaderOf(body, Version);
        var entries = new JArray();
        for (var left = await reader.ReadSizeAsync(default); left > 0; left--)
        {
            var info = await reader.ReadPathInfoAsync(default, PathInfoWire.EntryVersion);
            var json = JsonOf(info);
            (json["narOffsetInFramedBody"], json["narLength"]) = (reader.Position, info.NarSize);
            entries.Add(json);
            await new WireStream(reader, info.NarSize).CopyToAsync(Stream.Null);
        }

        Assert.Equal(body.Length, reader.Position);
        return entries;
    }
}
