using Newtonsoft.Json.Linq;
using NixSharp.Derivations;
using NixSharp.Json;
using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>Results of builds in JSON. What was built is not in it, but beside it.</summary>
public static class BuildResultJson
{
    /// <summary>Writes a result as Nix since 2.35 does: outputs have paths and structured signatures.</summary>
    public static JObject Write(BuildResult result) =>
        Write(result, static output => BuildTraceEntryJson.WriteValue(output.OutputPath, output.Signatures));

    /// <summary>Writes a result as Nix 2.33 and 2.34 do: outputs are whole realisations.</summary>
    public static JObject WriteWithRealisations(BuildResult result) => Write(result, RealisationJson.Write);

    /// <summary>Reads either form.</summary>
    /// <param name="json">The result.</param>
    /// <param name="path">What was built.</param>
    /// <param name="idOf">Gives the id of an output by its name: the newer form leaves ids out.</param>
    /// <param name="directory">The store directory.</param>
    /// <exception cref="NixFormatException">The JSON is no result of a build.</exception>
    public static BuildResult Read(JToken? json, DerivedPath path, Func<string, DerivationOutputId> idOf, StoreDirectory? directory = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(idOf);
        var result = JsonNodes.Expect<JObject>(json, "the result of a build");
        var read = new BuildResult
        {
            Path = path,
            Status = ReadStatus(result["status"]),
            ErrorMessage = JsonNodes.IsNothing(result["errorMsg"]) ? "" : JsonNodes.Text(result["errorMsg"], "an error message"),
            TimesBuilt = JsonNodes.Number(result["timesBuilt"], "timesBuilt") switch
            {
                null => 0,
                { } times and <= int.MaxValue => (int)times,
                _ => throw JsonNodes.Missing(result["timesBuilt"], "a number of builds"),
            },
            IsNonDeterministic = JsonNodes.Boolean(result["isNonDeterministic"], "isNonDeterministic") ?? false,
            StartTime = JsonNodes.Time(result["startTime"], "startTime") ?? DateTimeOffset.UnixEpoch,
            StopTime = JsonNodes.Time(result["stopTime"], "stopTime") ?? DateTimeOffset.UnixEpoch,
            CpuUser = ReadSpan(result["cpuUser"], "cpuUser"),
            CpuSystem = ReadSpan(result["cpuSystem"], "cpuSystem"),
            BuiltOutputs = JsonNodes.IsNothing(result["builtOutputs"])
                ? new Dictionary<string, Realisation>()
                : JsonNodes.Expect<JObject>(result["builtOutputs"], "a map of outputs").Properties().ToDictionary(
                    static property => property.Name,
                    property => ReadOutput(property, idOf, directory)),
        };
        return (JsonNodes.Boolean(result["success"], "success") ?? read.IsSuccess) == read.IsSuccess
            ? read
            : throw JsonNodes.Invalid($"the status is '{read.Status}', and 'success' says otherwise");
    }

    private static JObject Write(BuildResult result, Func<Realisation, JObject> write)
    {
        ArgumentNullException.ThrowIfNull(result);
        var json = new JObject();
        if (result.IsSuccess)
        {
            json["builtOutputs"] = new JObject(result.BuiltOutputs
                .OrderBy(static output => output.Key, ByteText.Comparer)
                .Select(output => new JProperty(output.Key, write(output.Value))));
        }

        AddSpan("cpuSystem", result.CpuSystem);
        AddSpan("cpuUser", result.CpuUser);
        if (!result.IsSuccess)
        {
            json["errorMsg"] = result.ErrorMessage;
            json["isNonDeterministic"] = result.IsNonDeterministic;
        }

        json["startTime"] = result.StartTime.ToUnixTimeSeconds();
        json["status"] = result.Status.ToString();
        json["stopTime"] = result.StopTime.ToUnixTimeSeconds();
        json["success"] = result.IsSuccess;
        json["timesBuilt"] = result.TimesBuilt;
        return json;

        void AddSpan(string name, TimeSpan? span)
        {
            if (span is { } time)
            {
                json[name] = time.Ticks / TimeSpan.TicksPerMicrosecond;
            }
        }
    }

    private static Realisation ReadOutput(JProperty output, Func<string, DerivationOutputId> idOf, StoreDirectory? directory)
    {
        if (output.Value is JObject whole && whole.ContainsKey("id"))
        {
            return RealisationJson.Read(whole, directory);
        }

        var (path, signatures) = BuildTraceEntryJson.ReadValue(output.Value, directory);
        return new Realisation { Id = idOf(output.Name), OutputPath = path, Signatures = signatures };
    }

    private static BuildStatus ReadStatus(JToken? json) =>
        JsonNodes.Text(json, "a status") is var text && Enum.TryParse<BuildStatus>(text, out var status) && status.ToString() == text
            ? status
            : throw JsonNodes.Missing(json, "one of Nix's statuses");

    private static TimeSpan? ReadSpan(JToken? json, string what) => JsonNodes.Number(json, what) switch
    {
        null => null,
        { } microseconds when microseconds <= TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerMicrosecond => TimeSpan.FromTicks(microseconds * TimeSpan.TicksPerMicrosecond),
        _ => throw JsonNodes.Missing(json, $"{what}, in microseconds,"),
    };
}
