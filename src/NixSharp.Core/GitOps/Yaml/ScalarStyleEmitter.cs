using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.EventEmitters;

namespace NixSharp.GitOps.Yaml;

/// <summary>Quotes texts that would be taken for something else, and writes longer ones as blocks.</summary>
internal sealed class ScalarStyleEmitter(IEventEmitter next) : ChainedEventEmitter(next)
{
    public override void Emit(ScalarEventInfo eventInfo, IEmitter emitter)
    {
        if (eventInfo.Source is { Value: string text } source && source.Type == typeof(string))
        {
            eventInfo.Style = ScalarStyles.Choose(text);
        }

        base.Emit(eventInfo, emitter);
    }
}
