using System.Globalization;
using Newtonsoft.Json.Linq;
using NixSharp.Core.Tests.Json;
using NixSharp.Derivations;
using NixSharp.Json;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Stores.Protocol;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Stores.Protocol;

/// <summary>Values on the wire as Nix's own tests have them: read to the JSON beside them, and written to the same bytes.</summary>
public sealed class ProtocolGoldenTests
{
    private static readonly StorePath Unkeyed = StorePath.ParseBaseName($"{new string('s', 32)}-unkeyed");

    private static readonly DerivedPath Unasked = DerivedPath.Of(Unkeyed);

    [RequiresFact(Requirements.Golden)]
    public async Task Every_value_of_Nix_s_own_tests_is_read_and_written()
    {
        var index = GoldenData.ReadJson("vectors/protocol-index.json");
        var seen = 0;
        foreach (var (name, entry) in index)
        {
            if (entry is not JObject { } value || name.StartsWith("serve-protocol/", StringComparison.Ordinal) || value["json"]?.Type != JTokenType.String)
            {
                continue;
            }

            await CheckAsync(name, value);
            seen++;
        }

        Assert.InRange(seen, 37, int.MaxValue);
    }

    [RequiresFact(Requirements.Golden)]
    public async Task What_a_daemon_says_of_itself_is_read_and_written()
    {
        Handshake[] at30 = [new(new ProtocolVersion(1, 30))];
        Handshake[] at33 = [new(new ProtocolVersion(1, 33)) { DaemonVersion = "foo" }, new(new ProtocolVersion(1, 33)) { DaemonVersion = "bar" }];
        Handshake[] at35 =
        [
            new(new ProtocolVersion(1, 35)) { DaemonVersion = "foo", IsTrusted = false },
            new(new ProtocolVersion(1, 35)) { DaemonVersion = "bar", IsTrusted = true },
        ];
        foreach (var (name, expected) in ((string, Handshake[])[])[("1_30", at30), ("1_33", at33), ("1_35", at35)])
        {
            var bytes = await File.ReadAllBytesAsync(GoldenData.PathOf($"{JsonGolden.Store}/worker-protocol/client-handshake-info_{name}.bin"));
            var version = expected[0].Version;
            using var reader = Wire.ReaderOf(bytes, version);
            foreach (var handshake in expected)
            {
                var read = await Handshake.ReadInfoAsync(reader, new Handshake(version), default);
                Assert.Equal((handshake.DaemonVersion, handshake.IsTrusted), (read.DaemonVersion, read.IsTrusted));
            }

            Assert.Equal(bytes.Length, reader.Position);
            Assert.Equal(bytes, await Wire.WriteAsync(writer => Array.ForEach(expected, handshake => Handshake.WriteInfo(writer, handshake)), version));
        }
    }

    private static async Task CheckAsync(string name, JObject entry)
    {
        var bytes = await File.ReadAllBytesAsync(GoldenData.PathOf((string)entry["bin"]!));
        var json = JsonText.Parse(await File.ReadAllTextAsync(GoldenData.PathOf((string)entry["json"]!)));
        var version = (string)entry["protocolVersion"]! is var text && text == "any"
            ? ProtocolVersion.Newest
            : new ProtocolVersion(1, int.Parse(text.Split('.')[1], CultureInfo.InvariantCulture));
        string[] features = [.. entry["features"]!.Select(static feature => (string)feature!)];
        var kind = name.Split('/')[1];

        var values = await Wire.ReadAllAsync(bytes, reader => ReadAsync(kind, reader), version, features);
        var expected = json is JObject ? [json] : json.ToList();
        Assert.Equal(expected.Count, values.Count);
        foreach (var (left, right) in expected.Zip(values))
        {
            Assert.Equal(left.ToString(), right.Json(left).ToString());
        }

        if (((string)entry["direction"]!).StartsWith("read and write", StringComparison.Ordinal))
        {
            var written = await Wire.WriteAsync(writer => values.ForEach(value => value.Write(writer)), version, features);
            Assert.True(bytes.AsSpan().SequenceEqual(written), name);
        }
    }

    /// <summary>A value that was read: the JSON that it should be, which may take the JSON's form into account, and its writer.</summary>
    private sealed record Value(Func<JToken, JToken> Json, Action<WireWriter> Write);

    private static async ValueTask<Value> ReadAsync(string kind, WireReader reader) => kind switch
    {
        "string" => Of(await reader.ReadTextAsync(default), static text => text, static (writer, text) => writer.WriteString(text)),
        "set" or "vector" => await ReadStringsAsync(reader, kind == "set"),
        "store-path" => Of(await reader.ReadPathAsync(default), static path => StorePathJson.Write(path), static (writer, path) => writer.WritePath(path)),
        "optional-store-path" => Of(await reader.ReadOptionalPathAsync(default), static path => path is { } there ? StorePathJson.Write(there) : JValue.CreateNull(), static (writer, path) => writer.WriteOptionalPath(path)),
        "content-address" or "optional-content-address" => Of(
            await reader.ReadContentAddressAsync(default),
            static address => address is { } there ? ContentAddressJson.Write(there) : JValue.CreateNull(),
            static (writer, address) => writer.WriteContentAddress(address)),
        "drv-output" => Of(await reader.ReadOutputIdAsync(default), static id => id.ToString(), static (writer, id) => writer.WriteOutputId(id)),
        "realisation" or "realisation-with-deps" => OfBoth(await reader.ReadRealisationAsync(default), JsonOf, WriteSigned),
        "build-mode" => Of(await reader.ReadBuildModeAsync(default), static mode => (int)mode, static (writer, mode) => writer.WriteBuildMode(mode)),
        "optional-trusted-flag" => Of(await reader.ReadTrustAsync(default), static trust => trust is { } known ? known : JValue.CreateNull(), static (writer, trust) => writer.WriteTrust(trust)),
        "derived-path-1.29" or "derived-path-1.30" => Of(await reader.ReadDerivedPathAsync(default), DerivedPathJson.Write, static (writer, path) => writer.WriteDerivedPath(path)),
        "drv-output-realisation-with-path-not-hash" => Of(
            await reader.ReadTraceKeyAsync(default),
            static key => new JObject { ["drvPath"] = StorePathJson.Write(key.Derivation), ["outputName"] = key.Output },
            static (writer, key) => writer.WriteTraceKey(key.Derivation, key.Output)),
        "realisation-realisation-with-path-not-hash" => Of(await reader.ReadTraceEntryAsync(default), BuildTraceEntryJson.Write, static (writer, entry) => writer.WriteTraceEntry(entry)),
        "unkeyed-realisation-realisation-with-path-not-hash" => Of(
            await reader.ReadUnkeyedRealisationAsync(default),
            static value => BuildTraceEntryJson.WriteValue(value.OutputPath, value.Signatures),
            static (writer, value) => writer.WriteUnkeyedRealisation(value.OutputPath, value.Signatures)),
        "unkeyed-valid-path-info-1.15" => Of(
            await reader.ReadUnkeyedPathInfoAsync(Unkeyed, default),
            static info => PathInfoJson.WriteOne(info, PathInfoJsonFormat.Version3),
            static (writer, info) => writer.WriteUnkeyedPathInfo(info)),
        "valid-path-info-1.15" or "valid-path-info-1.16" => Of(await reader.ReadPathInfoAsync(default), JsonOf, static (writer, info) => writer.WritePathInfo(info)),
        "keyed-build-result-1.29" => Of(
            await reader.ReadKeyedBuildResultAsync(default),
            static result => Sorted(BuildResultJson.Write(result), "path", DerivedPathJson.Write(result.Path)),
            static (writer, result) => writer.WriteKeyedBuildResult(result)),
        _ when kind.StartsWith("build-result-", StringComparison.Ordinal) => OfBoth(
            await reader.ReadBuildResultAsync(Unasked, default),
            static (result, expected) => expected["builtOutputs"]?.Any(static output => output.First!["id"] is not null) ?? false ? BuildResultJson.WriteWithRealisations(result) : BuildResultJson.Write(result),
            static (writer, result) => writer.WriteBuildResult(result)),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No test reads that."),
    };

    /// <summary>The upstream files have lists of strings, and, last, a list of lists of strings.</summary>
    private static async ValueTask<Value> ReadStringsAsync(WireReader reader, bool isSet)
    {
        if (reader.Position < 72)
        {
            return Of<IReadOnlyList<string>>(
                await reader.ReadNamesAsync(default),
                static names => new JArray(names),
                isSet ? static (writer, names) => writer.WriteStringSet(names) : static (writer, names) => writer.WriteStrings(names));
        }

        return Of(
            await reader.ReadListAsync(reader.ReadNamesAsync, default),
            static lists => new JArray(lists.Select(static names => new JArray(names))),
            static (writer, lists) => writer.WriteList(lists, writer.WriteStrings));
    }

    private static JToken JsonOf(Realisation realisation, JToken expected)
    {
        var json = RealisationJson.Write(realisation);
        if (expected["signatures"]!.Any(static signature => signature is JObject))
        {
            json["signatures"] = new JArray(realisation.Signatures.Select(SignatureJson.Write));
        }

        return json;
    }

    /// <summary>Signatures have structure there as Nix 2.34 writes them; here they are written as every version reads them.</summary>
    private static void WriteSigned(WireWriter writer, Realisation realisation)
    {
        if (realisation.Signatures.Count == 0)
        {
            writer.WriteRealisation(realisation);
            return;
        }

        var json = RealisationJson.Write(realisation);
        json["signatures"] = new JArray(realisation.Signatures.Select(SignatureJson.Write));
        writer.WriteString(json.ToString(Newtonsoft.Json.Formatting.None));
    }

    private static JObject JsonOf(PathInfo info) =>
        Sorted(PathInfoJson.WriteOne(info, PathInfoJsonFormat.Version3), "path", StorePathJson.Write(info.Path));

    private static JObject Sorted(JObject json, string name, JToken value)
    {
        json[name] = value;
        return new JObject(json.Properties().OrderBy(static property => property.Name, StringComparer.Ordinal));
    }

    private static Value Of<T>(T value, Func<T, JToken> json, Action<WireWriter, T> write) => new(_ => json(value), writer => write(writer, value));

    private static Value OfBoth<T>(T value, Func<T, JToken, JToken> json, Action<WireWriter, T> write) => new(expected => json(value, expected), writer => write(writer, value));
}
