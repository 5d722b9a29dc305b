using System.Globalization;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NixSharp.Derivations;
using NixSharp.Hashing;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Stores.Protocol;
using Xunit;

namespace NixSharp.Core.Tests.Stores.Protocol;

/// <summary>What goes over a connection as the JSON beside the recordings has it.</summary>
internal static class RecordedJson
{
    public static async Task<(JArray Sizes, byte[] Body)> ReadFramesAsync(WireReader reader)
    {
        var (sizes, body) = (new JArray(), new List<byte>());
        while (await reader.ReadNumberAsync(default) is var size and > 0)
        {
            var frame = new byte[size];
            await new WireStream(reader).ReadExactlyAsync(frame);
            sizes.Add((long)size);
            body.AddRange(frame);
        }

        return (sizes, [.. body]);
    }

    public static JObject JsonOf(ClientOptions options) => new()
    {
        ["keepFailed"] = options.KeepFailed ? 1 : 0,
        ["keepGoing"] = options.KeepGoing ? 1 : 0,
        ["tryFallback"] = options.TryFallback ? 1 : 0,
        ["verbosity"] = options.Verbosity,
        ["maxBuildJobs"] = options.MaxBuildJobs,
        ["maxSilentTime"] = options.MaxSilentTime,
        ["obsoleteUseBuildHook"] = options.UseBuildHook ? 1 : 0,
        ["verboseBuild(0=lvlError means verbose)"] = options.VerboseBuild ? 0 : 7,
        ["obsoleteLogType"] = 0,
        ["obsoletePrintBuildTrace"] = 0,
        ["buildCores"] = options.BuildCores,
        ["useSubstitutes"] = options.UseSubstitutes ? 1 : 0,
        ["overrides"] = new JObject(options.Overrides.Select(static setting => new JProperty(setting.Key, setting.Value))),
    };

    public static JObject JsonOf(PathInfo info) => new()
    {
        ["path"] = info.Path.ToString(),
        ["deriver"] = info.Deriver?.ToString() ?? "",
        ["narHashBase16"] = info.NarHash.ToDigestString(HashFormat.Base16),
        ["references"] = JsonOf(info.References),
        ["registrationTime"] = info.RegistrationTime.ToUnixTimeSeconds(),
        ["narSize"] = info.NarSize,
        ["ultimate"] = info.Ultimate ? 1 : 0,
        ["sigs"] = new JArray(info.Signatures),
        ["ca"] = info.ContentAddress?.ToString() ?? "",
    };

    public static JObject JsonOfAnswer(PathInfo? info)
    {
        var json = info is null ? [] : JsonOf(info);
        json.Remove("path");
        json["valid"] = info is null ? 0 : 1;
        return json;
    }

    public static JObject JsonOf(MissingPaths missing) => new()
    {
        ["willBuild"] = JsonOf(missing.WillBuild),
        ["willSubstitute"] = JsonOf(missing.WillSubstitute),
        ["unknown"] = JsonOf(missing.Unknown),
        ["downloadSize"] = missing.DownloadSize,
        ["narSize"] = missing.NarSize,
    };

    public static JObject JsonOf(IReadOnlyDictionary<string, StorePath?> outputs) =>
        new(outputs.Select(static output => new JProperty(output.Key, output.Value?.ToString() ?? "")));

    public static JArray JsonOf(IEnumerable<GcRoot> roots) => new(roots.Select(static root => new JArray(root.Source, root.Path.ToString())));

    public static JObject JsonOf(BuildResult result) => new()
    {
        ["path"] = result.Path.ToLegacyString(),
        ["status"] = (int)result.Status,
        ["errorMsg"] = result.ErrorMessage,
        ["timesBuilt"] = result.TimesBuilt,
        ["isNonDeterministic"] = result.IsNonDeterministic ? 1 : 0,
        ["startTime"] = result.StartTime.ToUnixTimeSeconds(),
        ["stopTime"] = result.StopTime.ToUnixTimeSeconds(),
        ["builtOutputs"] = new JObject(result.BuiltOutputs.Values.Select(static output => new JProperty(output.Id.ToString(), RealisationJson.Write(output).ToString(Formatting.None)))),
    };

    public static JArray JsonOf(IEnumerable<StorePath> paths) => new(paths.Select(static path => path.ToString()));

    public static JObject JsonOf(DaemonMessage message) => message switch
    {
        DaemonMessage.Next next => new JObject { ["t"] = "STDERR_NEXT", ["msg"] = next.Text },
        DaemonMessage.Error { Reason: var reason } => new JObject
        {
            ["t"] = "STDERR_ERROR",
            ["type"] = "Error",
            ["level"] = reason.Level,
            ["name"] = "Error",
            ["msg"] = reason.Message,
            ["havePos"] = 0,
            ["traces"] = new JArray(reason.Traces),
        },
        DaemonMessage.StartActivity start => new JObject
        {
            ["t"] = "STDERR_START_ACTIVITY",
            ["id"] = start.Id,
            ["level"] = start.Level,
            ["type"] = (int)start.Type,
            ["text"] = start.Text,
            ["fields"] = JsonOf(start.Fields),
            ["parent"] = start.Parent,
        },
        DaemonMessage.StopActivity stop => new JObject { ["t"] = "STDERR_STOP_ACTIVITY", ["id"] = stop.Id },
        DaemonMessage.Result result => new JObject { ["t"] = "STDERR_RESULT", ["id"] = result.Id, ["type"] = (int)result.Type, ["fields"] = JsonOf(result.Fields) },
        _ => new JObject { ["t"] = "STDERR_LAST" },
    };

    public static JArray JsonOf(IEnumerable<LogField> fields) => new(fields.Select(static field => field.Text is { } text ? new JValue(text) : new JValue(field.Number)));

    public static void Same(JToken expected, JToken actual, string name)
    {
        var (left, right) = (Plain(expected), Plain(actual));
        Assert.True(JToken.DeepEquals(left, right), string.Create(CultureInfo.InvariantCulture, $"{name}: {left} became {right}"));
    }

    private static JToken Plain(JToken json) => JToken.Parse(new JObject { ["value"] = json.DeepClone() }.ToString(Formatting.None));
}
